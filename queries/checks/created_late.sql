/*
title = "Created after its first event"
severity = "warning"
why = "The item had a history before the instant that the source gives as its creation. The first event stands for the creation in all figures; if the two differ by whole hours in many items, one of the files is read in the wrong time zone."
remedy = "Import the files of one time zone together, with --time-zone. A tool that items were moved into writes the day of the move: then nothing is to be done."
*/
with told as (

    select
        items.stream,
        items.item_id,
        arg_max(items.created_at, items.import_id) filter (where items.created_at is not null) as created_at,
        min(items.first_seen_at) as first_seen_at
    from canonical.items
    group by
        items.stream,
        items.item_id

),

moved as (

    select
        transitions.stream,
        transitions.item_id,
        min(transitions.occurred_at) as first_move_at
    from canonical.transitions
    group by
        transitions.stream,
        transitions.item_id

)

select
    told.stream,
    told.item_id as subject,
    'created ' || strftime(told.created_at, '%Y-%m-%d %H:%M') || ', first event '
    || strftime(least(moved.first_move_at, told.first_seen_at), '%Y-%m-%d %H:%M') || ' UTC' as detail
from told
left join moved
    on told.stream = moved.stream
    and told.item_id = moved.item_id
-- Tools write the creation and the first event a moment apart, in either order.
where told.created_at > least(moved.first_move_at, told.first_seen_at) + interval 1 minute
