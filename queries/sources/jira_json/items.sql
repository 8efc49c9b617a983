/*
title = "Items"
grain = "one row per issue"
*/
select
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id,
    json_extract_string(parsed.issue, '$.fields.summary') as title,
    json_extract_string(parsed.issue, '$.fields.issuetype.name') as type,
    json_extract_string(parsed.issue, '$.fields.priority.name') as priority,
    json_extract_string(parsed.issue, '$.fields.parent.key') as parent_id,
    json_extract_string(parsed.issue, '$.fields.status.name') as status,
    parsed.created_at
from reading.parsed
cross join raw.options
where parsed.fate = 'kept'
