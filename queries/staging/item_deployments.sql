/*
title = "Items in deployments"
grain = "one row per item and deployment that carried it, as a link tells, or a change that names the item"
[columns]
stream = "value stream"
item_id = "key of the work item"
deployment_id = "key of the deployment"
*/
with named as (

    select
        changes.stream,
        changes.item_id,
        changes.deployment_id
    from canonical.changes
    where changes.item_id is not null and changes.deployment_id is not null
    union
    -- A message says #12 of an item that its tracker numbers as 12.
    select
        changes.stream,
        ltrim(changes.item_id, '#') as item_id,
        changes.deployment_id
    from canonical.changes
    where starts_with(changes.item_id, '#') and changes.deployment_id is not null

)

select
    links.stream,
    links.from_id as item_id,
    links.to_id as deployment_id
from canonical.links
where links.kind = 'deployed'
union
select
    named.stream,
    named.item_id,
    named.deployment_id
from named
semi join staging.items
    on named.stream = items.stream
    and named.item_id = items.item_id
