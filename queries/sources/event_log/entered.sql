/*
title = "Transitions of a status log"
grain = "one row per event: its time says when the state was entered"
*/
select
    parsed.stream,
    parsed.item_id,
    parsed.seq,
    parsed.occurred_at,
    parsed.from_state,
    parsed.state as to_state,
    parsed.team,
    parsed.person
from reading.parsed
where parsed.fate = 'kept' and parsed.event_is = 'entered'
