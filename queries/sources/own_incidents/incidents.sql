/*
title = "Canonical rows: incidents"
grain = "one row per record"
*/
select
    parsed.stream,
    parsed.incident_id,
    parsed.service,
    parsed.severity,
    parsed.started_at,
    parsed.restored_at,
    parsed.deployment_id
from reading.parsed
where parsed.fate = 'kept'
