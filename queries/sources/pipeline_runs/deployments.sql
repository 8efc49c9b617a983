/*
title = "Deployments"
grain = "one row per deployment that succeeded or failed"
*/
select
    parsed.stream,
    parsed.deployment_id,
    parsed.service,
    parsed.environment,
    parsed.deployed_at,
    case when parsed.status in ('success', 'succeeded') then 'success' else 'failed' end as status
from reading.parsed
where parsed.fate = 'kept'
