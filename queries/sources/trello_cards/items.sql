/*
title = "Items"
grain = "one row per card"
*/
select
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id,
    parsed.title,
    parsed.type,
    parsed.labels,
    parsed.created_at,
    parsed.status
from reading.parsed
cross join raw.options
where parsed.fate = 'kept'
