/*
title = "Rows kept with a doubt"
grain = "one row per record that was used although something in it is doubtful"
[columns]
stream = "value stream"
file_name = "file it stands in"
record = "its number in the file; 1 = the first after the header"
line = "physical line on which it begins; the header is line 1"
subject = "key of the item, deployment or change, where it has one"
column_name = "column at fault"
value = "what stands there"
reason = "what is doubtful"
*/
select
    doubts.stream,
    doubts.file_name,
    doubts.record,
    doubts.line,
    doubts.subject,
    doubts.column_name,
    doubts.value,
    doubts.reason
from canonical.doubts
order by
    doubts.stream,
    doubts.file_name,
    doubts.record
