/*
title = "Items"
grain = "one row per item"
*/
select
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id,
    parsed.title,
    parsed.type,
    parsed.team,
    parsed.priority,
    parsed.labels
from reading.parsed
cross join raw.options
where parsed.fate = 'kept'
