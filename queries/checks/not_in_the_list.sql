/*
title = "History of an item that no list holds"
severity = "note"
why = "Of the other items of the stream a list tells title, type and creation; of this one there is only its history, so it is missing from every figure by type."
remedy = "Export the list of items over the same scope as the history, or with the keys that the history uses."
*/
with listed as (

    select distinct
        items.stream,
        items.item_id
    from canonical.items
    where coalesce(items.title, items.type, items.status) is not null

),

moved as (

    select
        transitions.stream,
        transitions.item_id,
        max(transitions.occurred_at) as last_move_at
    from canonical.transitions
    where transitions.stream in (select lists.stream from listed as lists)
    group by
        transitions.stream,
        transitions.item_id

)

select
    moved.stream,
    moved.item_id as subject,
    'last move ' || strftime(moved.last_move_at, '%Y-%m-%d') as detail
from moved
anti join listed
    on moved.stream = listed.stream
    and moved.item_id = listed.item_id
