/*
title = "Deployments"
grain = "one row per deployment to production"
[columns]
stream = "value stream"
deployment_id = "key of the deployment"
service = "what was deployed"
deployed_at = "UTC instant it finished"
deployed_on = "its day in the stream's zone"
is_success = "it succeeded"
is_unplanned = "made to mend a production incident; null if not known"
items_count = "work items it carried; null where the source links none at all"
changes_count = "changes it was the first to carry; null where the source links none at all"
*/
with carried as (

    select
        item_deployments.stream,
        item_deployments.deployment_id,
        count(*) as items_count
    from staging.item_deployments
    group by
        item_deployments.stream,
        item_deployments.deployment_id

),

contained as (

    select
        changes.stream,
        changes.deployment_id,
        count(*) as changes_count
    from canonical.changes
    where changes.deployment_id is not null
    group by
        changes.stream,
        changes.deployment_id

),

linked as (

    select
        streams.stream,
        count(carried.stream) > 0 as has_items,
        count(contained.stream) > 0 as has_changes
    from staging.streams
    left join (select distinct carried.stream from carried) as carried
        on streams.stream = carried.stream
    left join (select distinct contained.stream from contained) as contained
        on streams.stream = contained.stream
    group by streams.stream

)

select
    deployments.stream,
    deployments.deployment_id,
    deployments.service,
    deployments.deployed_at,
    macros.local_day(deployments.deployed_at, streams.time_zone) as deployed_on,
    deployments.status = 'success' as is_success,
    deployments.is_unplanned,
    case when linked.has_items then coalesce(carried.items_count, 0) end as items_count,
    case when linked.has_changes then coalesce(contained.changes_count, 0) end as changes_count
from canonical.deployments
join staging.streams
    on deployments.stream = streams.stream
join linked
    on deployments.stream = linked.stream
left join carried
    on deployments.stream = carried.stream
    and deployments.deployment_id = carried.deployment_id
left join contained
    on deployments.stream = contained.stream
    and deployments.deployment_id = contained.deployment_id
where macros.is_production(deployments.environment)
order by
    deployments.stream,
    deployments.deployed_at
