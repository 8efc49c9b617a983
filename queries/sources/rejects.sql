/*
title = "Records that are not of the file's shape"
grain = "one row per record that the reader of the file refused"
*/
select
    options.stream,
    options.file_name,
    cast(rejects.line as bigint) - 1 as record,
    cast(null as varchar) as column_name,
    -- The line itself may name people.
    cast(null as varchar) as value,
    min(lower(rejects.error_type)) || ': the record has not as many cells as the header' as reason
from raw.rejects
cross join raw.options
group by
    options.stream,
    options.file_name,
    rejects.line
