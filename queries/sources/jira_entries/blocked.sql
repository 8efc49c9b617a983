/*
title = "Blocked intervals"
grain = "one row per time that the flag was set"
*/
with flags as (

    select
        moves.stream,
        moves.item_id,
        moves.occurred_at as blocked_at,
        lead(moves.occurred_at) over (
            partition by moves.stream, moves.item_id order by moves.occurred_at, moves.seq
        ) as unblocked_at,
        macros.present(moves.to_value) as reason
    from reading.moves
    where moves.field = 'flagged'

)

select
    flags.stream,
    flags.item_id,
    flags.blocked_at,
    flags.unblocked_at,
    flags.reason
from flags
where flags.reason is not null
