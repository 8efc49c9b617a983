/*
title = "Made-up incidents, as our own layout writes them"
grain = "one row per incident, after every eighth deployment that succeeded; the last ones are still open"
*/
with begun as (

    select
        all_deployments.deployment,
        all_deployments.deployment_id,
        all_deployments.service,
        all_deployments.deployed_at
        + to_seconds(cast(floor(7200 * exp(synthetic.normal($seed, all_deployments.deployment, 100))) as bigint)) as started_at
    from synthetic.all_deployments($items, $seed) as all_deployments
    where
        all_deployments.luck >= 0.03
        and synthetic.drawn($seed, all_deployments.deployment, 101) < 1 / 8

),

ended as (

    select
        *,
        begun.started_at
        + to_seconds(cast(floor(10800 * exp(1.2 * synthetic.normal($seed, begun.deployment, 102))) as bigint)) as restored_at
    from begun

)

select
    'I-' || ended.deployment as incident_id,
    ended.service,
    'sev' || cast(1 + floor(4 * synthetic.drawn($seed, ended.deployment, 103)) as integer) as severity,
    ended.started_at,
    case when ended.restored_at < timestamp '2026-11-01' then ended.restored_at end as restored_at,
    ended.deployment_id
from ended
where ended.started_at < timestamp '2026-11-01'
