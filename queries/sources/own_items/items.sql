/*
title = "Canonical rows: items"
grain = "one row per record"
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
    parsed.parent_id,
    parsed.points,
    parsed.created_at,
    parsed.started_at,
    parsed.finished_at,
    parsed.cancelled_at,
    parsed.status,
    parsed.status_category,
    parsed.first_seen_at,
    parsed.last_seen_at
from reading.parsed
cross join raw.options
where parsed.fate = 'kept'
