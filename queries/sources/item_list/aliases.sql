/*
title = "Other names of the items"
grain = "one row per item that its tool gives a number of its own too"
*/
select
    parsed.stream,
    parsed.source_id as alias,
    min(parsed.item_id) as item_id
from reading.parsed
anti join reading.parsed as keys
    on parsed.stream = keys.stream
    and parsed.source_id = keys.item_id
where parsed.fate = 'kept' and parsed.source_id <> parsed.item_id
group by
    parsed.stream,
    parsed.source_id
having count(distinct parsed.item_id) = 1
