/*
title = "Records set aside"
grain = "one row per record of the file being read that could not be used"
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
where remarks.fate = 'set aside'
