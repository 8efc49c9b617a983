/*
title = "Deployments"
grain = "one row per release"
*/
select
    parsed.stream,
    parsed.deployment_id,
    cast(null as varchar) as service,
    parsed.environment,
    parsed.deployed_at,
    'success' as status
from reading.parsed
where parsed.fate = 'kept'
