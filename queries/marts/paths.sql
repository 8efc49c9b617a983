/*
title = "Paths"
grain = "one row per work item, with the states it went through"
[columns]
stream = "value stream"
item_id = "key of the work item"
variant = "short name of the path: items of one path have the same"
path = "its states in order, each entry one"
moves_count = "how many states it entered"
*/
with marked as (

    select
        moves.item_no,
        sum(macros.mark(moves.to_state, moves.move_no)) as mark,
        count(*) as moves_count
    from marts.moves
    where not moves.is_end_mark
    group by moves.item_no

),

-- The words of a path are put together once, from the first item that went so.
first_items as (

    select
        marked.mark,
        marked.moves_count,
        min(marked.item_no) as item_no
    from marked
    group by
        marked.mark,
        marked.moves_count

),

listed as (

    select
        first_items.mark,
        first_items.moves_count,
        array_to_string(list(moves.to_state order by moves.move_no), ' → ') as path
    from first_items
    join marts.moves
        on first_items.item_no = moves.item_no
    where not moves.is_end_mark
    group by
        first_items.mark,
        first_items.moves_count

)

select
    items.stream,
    items.item_id,
    left(md5(listed.path), 10) as variant,
    listed.path,
    listed.moves_count
from marked
join listed
    on marked.mark = listed.mark
    and marked.moves_count = listed.moves_count
join marts.items
    on marked.item_no = items.item_no
order by marked.item_no
