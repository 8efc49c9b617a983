/*
title = "Items that waited for another stream"
question = "Which items waited for another stream, and for what there?"
grain = "one row per wait of an item of the stream that ended in the scope, or lasts at the end of the data in it; the longest first"
sight = "all teams"
[columns]
on_stream = "value stream that it waited for"
item_id = "key of the item that waited"
title = "what it is called"
team = "team of the item"
type = "kind of work"
on_item_id = "item that the wait began with"
on_title = "what that is called"
waited_from_on = "day the wait began"
waited_until_on = "day it ended; null while it lasts"
wait_days = "how long, in days; at most, where is_flagged is false"
cost = "days waited times the cost of delay of the item; null where none is told"
is_flagged = "the item was flagged as blocked; else both were open"
*/
select
    stream_waits.on_stream,
    stream_waits.item_id,
    items.title,
    stream_waits.team,
    stream_waits.type,
    stream_waits.on_item_id,
    stream_waits.on_title,
    stream_waits.waited_from_on,
    case when not stream_waits.is_open then stream_waits.waited_until_on end as waited_until_on,
    case when $clock = 'working' then stream_waits.working_seconds else stream_waits.seconds end / 86400 as wait_days,
    stream_waits.seconds / 86400 * stream_waits.cost_per_day as cost,
    stream_waits.is_flagged
from marts.stream_waits
join marts.items
    on stream_waits.stream = items.stream
    and stream_waits.item_id = items.item_id
where
    stream_waits.stream = $stream
    and ($on_stream is null or stream_waits.on_stream = $on_stream)
    and stream_waits.waited_until_on >= $since
    and stream_waits.waited_until_on < $until
    and ($teams is null or list_contains($teams, stream_waits.team))
    and ($types is null or list_contains($types, stream_waits.type))
order by
    wait_days desc,
    stream_waits.item_id,
    stream_waits.on_stream
limit
    $row_limit
    offset $row_offset
