/*
title = "Transitions"
grain = "one row per change of status"
*/
select
    moves.stream,
    moves.item_id,
    moves.seq,
    moves.occurred_at,
    moves.from_value as from_state,
    moves.to_value as to_state,
    moves.person
from reading.moves
where moves.field = 'status' and moves.to_value is not null
