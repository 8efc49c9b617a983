/*
title = "Account of a file"
grain = "one row per fate and reason of the records of the file being read"
*/
select
    parsed.fate,
    parsed.reason,
    cast(count(*) as bigint) as records
from reading.parsed
group by
    parsed.fate,
    parsed.reason
order by
    parsed.fate,
    records desc
