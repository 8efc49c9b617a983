/*
title = "Canonical rows: changes"
grain = "one row per change that a deployment names: the first that brought it to production, else the first that holds it"
*/
with named as (

    select
        parsed.stream,
        unnest(regexp_extract_all(parsed.changes, '[^\[\]{}",;\s]+')) as change_id,
        parsed.deployment_id,
        parsed.service,
        parsed.deployed_at,
        parsed.is_success and macros.is_production(parsed.environment) as is_delivered
    from reading.parsed
    where parsed.fate = 'kept' and parsed.changes is not null

)

select
    named.stream,
    named.change_id,
    arg_min(named.service, named.deployed_at) as service,
    coalesce(
        arg_min(named.deployment_id, named.deployed_at) filter (where named.is_delivered),
        arg_min(named.deployment_id, named.deployed_at)
    ) as deployment_id
from named
group by
    named.stream,
    named.change_id
