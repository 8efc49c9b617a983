/*
title = "Rows set aside"
question = "Which records could not be used, and why?"
grain = "one row per record set aside; at most row_limit of each file, column and reason"
sight = "all teams"
[columns]
file_name = "file it stands in"
record = "its number in the file; the header is record 0"
column_name = "column at fault"
value = "what stands there"
reason = "what was expected"
*/
select set_aside.* exclude (stream)
from marts.set_aside
where set_aside.stream = $stream
qualify
    row_number() over (
        partition by set_aside.file_name, set_aside.column_name, set_aside.reason order by set_aside.record
    ) <= $row_limit
order by
    set_aside.file_name,
    set_aside.record
