/*
title = "Canonical rows: transitions"
grain = "one row per record"
*/
select
    parsed.stream,
    parsed.item_id,
    coalesce(parsed.seq, parsed.record) as seq,
    parsed.occurred_at,
    parsed.from_state,
    parsed.to_state,
    parsed.team,
    parsed.person
from reading.parsed
where parsed.fate = 'kept'
