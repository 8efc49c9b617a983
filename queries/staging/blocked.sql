/*
title = "Blocked time"
grain = "one row per uninterrupted time in which a work item was blocked: overlapping flags are one"
[columns]
item_no = "the item; null where nothing else tells of it"
stream = "value stream"
item_id = "key of the work item"
blocked_at = "UTC instant it began"
unblocked_at = "UTC instant it ended, or the stream's last event"
reason = "reason of the flag that began it"
*/
with flags as (

    select
        blocked.stream,
        blocked.item_id,
        blocked.blocked_at,
        coalesce(blocked.unblocked_at, streams.last_event_at) as unblocked_at,
        blocked.reason,
        max(coalesce(blocked.unblocked_at, streams.last_event_at)) over (
            partition by blocked.stream, blocked.item_id
            order by blocked.blocked_at, blocked.unblocked_at
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from canonical.blocked
    join staging.streams
        on blocked.stream = streams.stream
    where coalesce(blocked.unblocked_at, streams.last_event_at) > blocked.blocked_at

),

islands as (

    select
        flags.stream,
        flags.item_id,
        flags.blocked_at,
        flags.unblocked_at,
        flags.reason,
        sum(case when flags.blocked_at <= flags.covered_until then 0 else 1 end) over (
            partition by flags.stream, flags.item_id
            order by flags.blocked_at, flags.unblocked_at
            rows between unbounded preceding and current row
        ) as island
    from flags

)

select
    items.item_no,
    islands.stream,
    islands.item_id,
    min(islands.blocked_at) as blocked_at,
    max(islands.unblocked_at) as unblocked_at,
    arg_min(islands.reason, islands.blocked_at) as reason
from islands
left join staging.items
    on islands.stream = items.stream
    and islands.item_id = items.item_id
group by
    items.item_no,
    islands.stream,
    islands.item_id,
    islands.island
