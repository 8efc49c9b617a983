/*
title = "Items of a log"
grain = "one row per item: its attributes as of its last event"
*/
select
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id,
    arg_max(parsed.title, parsed.occurred_at) filter (where parsed.title is not null) as title,
    arg_max(parsed.type, parsed.occurred_at) filter (where parsed.type is not null) as type,
    arg_max(parsed.priority, parsed.occurred_at) filter (where parsed.priority is not null) as priority,
    min(parsed.created_at) as created_at,
    min(parsed.occurred_at) as first_seen_at,
    max(parsed.occurred_at) as last_seen_at
from reading.parsed
cross join raw.options
where parsed.fate <> 'set aside'
group by
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id
