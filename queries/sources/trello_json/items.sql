/*
title = "Items"
grain = "one row per card"
*/
select
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id,
    json_extract_string(parsed.entry, '$.name') as title,
    json_extract_string(parsed.entry, '$.labels[0].name') as type,
    macros.labels(json_extract_string(parsed.entry, '$.labels')) as labels,
    -- The first eight digits of the id say when the card was made.
    make_timestamp(try_cast('0x' || left(parsed.item_id, 8) as bigint) * 1000000) as created_at,
    lists.name as status
from reading.parsed
cross join raw.options
left join reading.lists
    on json_extract_string(parsed.entry, '$.idList') = lists.list_id
where parsed.kind = 'card' and parsed.fate = 'kept'
