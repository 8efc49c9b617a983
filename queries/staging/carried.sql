/*
title = "Items carried to production"
grain = "one row per item that a successful deployment to production carried, and of which no change is left undeployed"
[columns]
stream = "value stream"
item_id = "key of the work item"
deployed_at = "UTC instant of the last successful deployment to production that carried it"
deployments_count = "successful deployments to production that carried it"
*/
with delivered as (

    select
        deployments.stream,
        deployments.deployment_id,
        max(deployments.deployed_at) as deployed_at
    from canonical.deployments
    where deployments.status = 'success' and macros.is_production(deployments.environment)
    group by
        deployments.stream,
        deployments.deployment_id

),

carried as (

    select
        item_deployments.stream,
        item_deployments.item_id,
        max(delivered.deployed_at) as deployed_at,
        count(*) as deployments_count
    from staging.item_deployments
    join delivered
        on item_deployments.stream = delivered.stream
        and item_deployments.deployment_id = delivered.deployment_id
    group by
        item_deployments.stream,
        item_deployments.item_id

),

merging as (

    select distinct changes.stream
    from canonical.changes
    where changes.merged_at is not null

),

-- Changes that no successful deployment to production brought there; where merges are told, merged ones alone.
undeployed as (

    select
        changes.stream,
        changes.item_id
    from canonical.changes
    left join merging
        on changes.stream = merging.stream
    anti join delivered
        on changes.stream = delivered.stream
        and changes.deployment_id = delivered.deployment_id
    where
        changes.item_id is not null
        and (changes.merged_at is not null or merging.stream is null)

),

waiting as (

    select
        undeployed.stream,
        undeployed.item_id
    from undeployed
    union
    select
        undeployed.stream,
        ltrim(undeployed.item_id, '#') as item_id
    from undeployed

)

select
    carried.stream,
    carried.item_id,
    carried.deployed_at,
    carried.deployments_count
from carried
anti join waiting
    on carried.stream = waiting.stream
    and carried.item_id = waiting.item_id
