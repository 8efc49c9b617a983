/*
title = "Changes"
grain = "one row per pull request that was merged or is open; it is authored with its first commit, where a file tells it"
*/
select
    parsed.stream,
    parsed.item_id as change_id,
    parsed.service,
    parsed.created_at as authored_at,
    parsed.merged_at,
    parsed.item_id,
    parsed.is_bot
from reading.parsed
where parsed.fate = 'kept' and (parsed.merged_at is not null or parsed.closed_at is null)
