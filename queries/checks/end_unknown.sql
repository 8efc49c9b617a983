/*
title = "Finished, and no record says when"
severity = "warning"
why = "All that is known is that the item is done now: it is neither finished nor in progress in any figure."
remedy = "Export the status history, or a column with the date of the finish."
*/
with told as (

    select
        items.stream,
        items.item_id,
        arg_max(items.status, items.import_id) filter (where items.status is not null) as status,
        arg_max(items.status_category, items.import_id) filter (where items.status is not null) as status_category,
        bool_or(coalesce(items.finished_at, items.cancelled_at) is not null) as is_dated,
        min(items.created_at) as created_at
    from canonical.items
    anti join canonical.transitions
        on items.stream = transitions.stream
        and items.item_id = transitions.item_id
    group by
        items.stream,
        items.item_id

)

select
    told.stream,
    told.item_id as subject,
    'created ' || strftime(told.created_at, '%Y-%m-%d') || ', now in ' || told.status as detail
from told
left join canonical.states
    on told.stream = states.stream
    and told.status = states.state
left join canonical.stages
    on states.stream = stages.stream
    and states.stage = stages.stage
where coalesce(stages.category, told.status_category) in ('done', 'cancelled') and not told.is_dated
