/*
title = "Items"
grain = "one row per pull request: its review starts with the first comment"
*/
select
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id,
    min(parsed.reviewed_at) as started_at
from reading.parsed
cross join raw.options
where parsed.fate = 'kept'
group by
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id
