/*
title = "Records set aside"
grain = "one row per record of the file being read that could not be used"
*/
select
    options.stream,
    options.file_name,
    cast(parsed.record as bigint) as record,
    coalesce(columns.column_name, parsed.column_name) as column_name,
    parsed.value,
    parsed.reason
from reading.parsed
cross join raw.options
left join raw.columns
    on parsed.column_name = columns.role
where parsed.fate = 'set aside'
