/*
title = "Items"
grain = "one row per pull request; one that is closed without a merge is withdrawn"
*/
select
    parsed.stream,
    parsed.item_id,
    options.file_name,
    options.import_id,
    parsed.title,
    'Pull request' as type,
    parsed.created_at,
    parsed.merged_at as finished_at,
    case when parsed.merged_at is null then parsed.closed_at end as cancelled_at,
    parsed.status
from reading.parsed
cross join raw.options
where parsed.fate = 'kept'
