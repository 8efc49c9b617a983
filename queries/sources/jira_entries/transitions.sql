/*
title = "Transitions"
grain = "one row per change of status"
*/
select
    parsed.stream,
    parsed.item_id,
    coalesce(parsed.entry_no, parsed.record) as seq,
    parsed.occurred_at,
    json_extract_string(parsed.change, '$.fromString') as from_state,
    json_extract_string(parsed.change, '$.toString') as to_state,
    parsed.person
from reading.parsed
where parsed.fate = 'kept' and json_extract_string(parsed.change, '$.toString') is not null
