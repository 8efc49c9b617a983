/*
title = "Canonical rows: deployments"
grain = "one row per record"
*/
select
    parsed.stream,
    parsed.deployment_id,
    parsed.service,
    parsed.environment,
    parsed.deployed_at,
    case when parsed.is_success then 'success' else 'failed' end as status,
    parsed.is_unplanned
from reading.parsed
where parsed.fate = 'kept'
