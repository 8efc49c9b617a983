/*
title = "Blocked time"
grain = "one row per uninterrupted time in which a work item was blocked"
[columns]
stream = "value stream"
item_id = "key of the work item"
team = "team of the item"
type = "type of the item"
reason = "reason of the flag that began it; null if none was told"
blocked_at = "UTC instant it began"
unblocked_at = "UTC instant it ended, or the stream's last event"
blocked_on = "day it began in the stream's zone"
unblocked_on = "day it ended"
*/
select
    blocked.stream,
    blocked.item_id,
    items.team,
    items.type,
    blocked.reason,
    blocked.blocked_at,
    blocked.unblocked_at,
    macros.local_day(blocked.blocked_at, streams.time_zone) as blocked_on,
    macros.local_day(blocked.unblocked_at, streams.time_zone) as unblocked_on
from staging.blocked
join staging.items
    on blocked.stream = items.stream
    and blocked.item_id = items.item_id
join staging.streams
    on blocked.stream = streams.stream
order by
    blocked.stream,
    blocked.blocked_at
