/*
title = "Sprints"
grain = "one row per record; a sprint is no item"
*/
select
    records.record,
    options.stream,
    records.sprint_id as subject,
    'ignored' as fate,
    'a sprint is no work item' as reason,
    cast(null as varchar) as column_name,
    cast(null as varchar) as value
from raw.records
cross join raw.options
