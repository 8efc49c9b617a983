/*
title = "Transitions"
grain = "one row per move"
*/
select
    parsed.stream,
    parsed.item_id,
    coalesce(parsed.seq, parsed.record) as seq,
    parsed.occurred_at,
    parsed.from_state,
    parsed.state as to_state,
    parsed.team,
    parsed.person
from reading.parsed
where parsed.fate = 'kept' and parsed.field = 'status' and parsed.occurred_at is not null
