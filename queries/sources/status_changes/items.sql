/*
title = "Items"
grain = "one row per item, its attributes as of its last record"
*/
select
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id,
    arg_max(parsed.title, coalesce(parsed.occurred_at, parsed.created_at)) filter (where parsed.title is not null) as title,
    arg_max(parsed.type, coalesce(parsed.occurred_at, parsed.created_at)) filter (where parsed.type is not null) as type,
    arg_max(parsed.team, coalesce(parsed.occurred_at, parsed.created_at)) filter (where parsed.team is not null) as team,
    arg_max(parsed.points, coalesce(parsed.occurred_at, parsed.created_at)) filter (where parsed.points is not null)
        as points,
    min(parsed.created_at) as created_at
from reading.parsed
cross join raw.options
where parsed.fate <> 'set aside'
group by
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id
having bool_or(
    parsed.created_at is not null
    or parsed.title is not null
    or parsed.type is not null
    or parsed.points is not null
)
