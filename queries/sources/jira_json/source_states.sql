/*
title = "States with Jira's own category"
grain = "one row per status that an issue is in now"
*/
select distinct
    parsed.stream,
    json_extract_string(parsed.issue, '$.fields.status.name') as state,
    -- Jira numbers its categories: 2 to do, 4 in progress, 3 done; their names are translated.
    case json_extract_string(parsed.issue, '$.fields.status.statusCategory.id')
        when '2' then 'backlog'
        when '3' then 'done'
        when '4' then 'in-progress'
    end as category
from reading.parsed
where parsed.fate = 'kept' and json_exists(parsed.issue, '$.fields.status.name')
