/*
title = "Items"
grain = "one row per record that is kept"
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
    parsed.labels,
    -- Some tools name the parent by its number of their own.
    coalesce(parents.item_id, parsed.written_parent) as parent_id,
    parsed.points,
    parsed.created_at,
    parsed.started_at,
    parsed.finished_at,
    parsed.cancelled_at,
    parsed.status,
    parsed.category as status_category
from reading.parsed
cross join raw.options
left join reading.aliases as parents
    on parsed.stream = parents.stream
    and parsed.written_parent = parents.alias
where parsed.fate = 'kept'
