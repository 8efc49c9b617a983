/*
title = "Records kept with a doubt"
grain = "one row per record of the file being read that was used although something in it is doubtful"
*/
select
    remarks.stream,
    options.file_name,
    remarks.record,
    remarks.line,
    remarks.subject,
    remarks.column_name,
    remarks.value,
    remarks.reason
from reading.remarks
cross join raw.options
where remarks.fate = 'kept'
