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
    macros.labels(json_extract_string(parsed.issue, '$.fields.labels')) as labels,
    json_extract_string(parsed.issue, '$.fields.parent.key') as parent_id,
    json_extract_string(parsed.issue, '$.fields.status.name') as status,
    parsed.created_at,
    case
        when coalesce(words.category, 'done') <> 'cancelled'
            then macros.instant(json_extract_string(parsed.issue, '$.fields.resolutiondate'), options.time_zone)
    end as finished_at,
    case
        when words.category = 'cancelled'
            then macros.instant(json_extract_string(parsed.issue, '$.fields.resolutiondate'), options.time_zone)
    end as cancelled_at
from reading.parsed
cross join raw.options
left join raw.words
    on json_extract_string(parsed.issue, '$.fields.resolution.name') = words.word
where parsed.fate = 'kept'
