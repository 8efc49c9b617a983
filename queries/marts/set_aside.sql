/*
title = "Rows set aside"
grain = "one row per record that could not be used"
[columns]
stream = "value stream"
file_name = "file it stands in"
record = "its number in the file; 1 = the first after the header"
line = "physical line on which it begins; the header is line 1"
subject = "key of the item, deployment or change, where it has one"
column_name = "column at fault"
value = "what stands there"
reason = "what was expected"
*/
select
    set_aside.stream,
    set_aside.file_name,
    set_aside.record,
    set_aside.line,
    set_aside.subject,
    set_aside.column_name,
    set_aside.value,
    set_aside.reason
from canonical.set_aside
order by
    set_aside.stream,
    set_aside.file_name,
    set_aside.record
