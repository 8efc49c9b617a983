/*
title = "Rows kept with a doubt"
question = "Which records were used although something in them is doubtful?"
grain = "one row per record; at most row_limit of each file, column and doubt"
sight = "all teams"
[columns]
file_name = "file it stands in"
record = "its number in the file; 1 = the first after the header"
line = "physical line on which it begins"
subject = "key of the item, deployment or change"
column_name = "column that is doubtful"
value = "what stands there"
reason = "what is doubtful"
records = "how many records of the file have this doubt"
*/
select
    doubts.* exclude (stream),
    cast(count(*) over (partition by doubts.file_name, doubts.column_name, doubts.reason) as bigint) as records
from marts.doubts
where doubts.stream = $stream
qualify
    row_number() over (
        partition by doubts.file_name, doubts.column_name, doubts.reason order by doubts.record
    ) <= $row_limit
order by
    records desc,
    doubts.file_name,
    doubts.record
