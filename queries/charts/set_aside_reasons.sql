/*
title = "Reasons for setting rows aside"
question = "Why were records set aside, and how many?"
grain = "one row per file, column and reason, the most frequent first"
sight = "whole stream"
[columns]
file_name = "file the records stand in"
column_name = "column at fault"
reason = "what was expected"
records = "how many"
*/
select
    set_aside.file_name,
    set_aside.column_name,
    set_aside.reason,
    cast(count(*) as bigint) as records
from marts.set_aside
where set_aside.stream = $stream
group by
    set_aside.file_name,
    set_aside.column_name,
    set_aside.reason
order by
    records desc,
    set_aside.file_name,
    set_aside.column_name,
    set_aside.reason
