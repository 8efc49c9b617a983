/*
title = "Changes"
grain = "one row per pull request: authored with its first commit"
*/
select
    parsed.stream,
    parsed.item_id as change_id,
    parsed.item_id,
    min(parsed.authored_at) as authored_at
from reading.parsed
where parsed.fate = 'kept'
group by
    parsed.stream,
    parsed.item_id
