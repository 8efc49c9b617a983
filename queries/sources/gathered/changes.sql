/*
title = "Changes, each once"
grain = "one row per change: what several files tell of it is put together; one named by its tool's number gets its key"
puts_together = true
*/
with named as (

    select
        changes.* replace (
            coalesce(change_names.item_id, changes.change_id) as change_id,
            coalesce(item_names.item_id, changes.item_id) as item_id
        )
    from gathering.changes
    left join incoming.names as change_names
        on changes.stream = change_names.stream
        and changes.change_id = change_names.alias
    left join incoming.names as item_names
        on changes.stream = item_names.stream
        and changes.item_id = item_names.alias

)

select
    named.stream,
    named.change_id,
    max(named.service) as service,
    min(named.authored_at) as authored_at,
    max(named.merged_at) as merged_at,
    max(named.deployment_id) as deployment_id,
    max(named.item_id) as item_id,
    bool_or(named.is_revert) as is_revert,
    bool_or(named.is_bot) as is_bot
from named
group by
    named.stream,
    named.change_id
