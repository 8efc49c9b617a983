/*
title = "Canonical rows: links"
grain = "one row per record"
*/
select
    parsed.stream,
    parsed.kind,
    parsed.from_id,
    parsed.to_id
from reading.parsed
where parsed.fate = 'kept'
