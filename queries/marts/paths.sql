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
with listed as (

    select
        moves.stream,
        moves.item_id,
        array_to_string(list(moves.to_state order by moves.move_no), ' → ') as path,
        count(*) as moves_count
    from marts.moves
    where not moves.is_end_mark
    group by
        moves.stream,
        moves.item_id

)

select
    listed.stream,
    listed.item_id,
    left(md5(listed.path), 10) as variant,
    listed.path,
    listed.moves_count
from listed
order by
    listed.stream,
    listed.item_id
