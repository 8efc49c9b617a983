/*
title = "Made-up deployments"
grain = "one row per deployment, one for ten items: `deployment` = 1, 2, … evenly over three years"
*/
create or replace macro synthetic.all_deployments(items, seed) as table (

    select
        numbers.deployment,
        'D-' || numbers.deployment as deployment_id,
        'service-' || lpad(cast(1 + numbers.deployment % 60 as varchar), 2, '0') as service,
        timestamp '2023-11-01'
        + to_seconds(cast(floor(
            (numbers.deployment - synthetic.drawn(seed, numbers.deployment, 80)) / (items // 10) * 1096 * 86400
        ) as bigint)) as deployed_at,
        synthetic.drawn(seed, numbers.deployment, 81) as luck
    from range(1, items // 10 + 1) as numbers (deployment)

)
