/*
title = "Canonical rows: blocked"
grain = "one row per record"
*/
select
    parsed.stream,
    parsed.item_id,
    parsed.blocked_at,
    parsed.unblocked_at,
    parsed.blocked_reason as reason
from reading.parsed
where parsed.fate = 'kept'
