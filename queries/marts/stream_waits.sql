/*
title = "Waits for another stream"
grain = "one row per uninterrupted time in which an item waited for items of one other stream"
[columns]
stream = "value stream of the item that waited"
item_id = "key of the item that waited"
on_stream = "value stream that it waited for"
on_item_id = "item of that stream that the wait began with"
on_title = "what that is called"
team = "team of the item that waited"
type = "type of the item that waited"
is_flagged = "true where it was flagged as blocked; false where its stream tells no such flags, and the two only were open together: it waited at most so long"
is_open = "it still waits at its stream's last event"
waited_from_on = "day it began, in the zone of its stream"
waited_until_on = "day it ended, or of the stream's last event"
seconds = "elapsed seconds"
working_seconds = "working seconds of the stream that waited"
cost_per_day = "cost of delay of the item that waited, a day; null if none"
*/
with ends as (

    select
        items.stream,
        items.item_id,
        items.created_at,
        outcomes.started_first_at,
        coalesce(outcomes.finished_at, outcomes.cancelled_at, streams.last_event_at) as end_at,
        coalesce(outcomes.finished_at, outcomes.cancelled_at) as ended_at
    from staging.items
    join staging.streams
        on items.stream = streams.stream
    left join staging.outcomes
        on items.stream = outcomes.stream
        and items.item_id = outcomes.item_id

),

stood as (

    select
        blocked.stream,
        blocked.item_id,
        blocked.blocked_at as stood_from_at,
        blocked.unblocked_at as stood_until_at,
        true as is_flagged
    from staging.blocked
    union all
    select
        ends.stream,
        ends.item_id,
        ends.started_first_at as stood_from_at,
        ends.end_at as stood_until_at,
        false as is_flagged
    from ends
    where
        ends.started_first_at is not null
        and ends.stream not in (select blocked.stream from canonical.blocked)

),

spans as (

    select
        stood.stream,
        stood.item_id,
        links.from_stream as on_stream,
        links.from_id as on_item_id,
        stood.is_flagged,
        greatest(stood.stood_from_at, blockers.created_at) as span_from_at,
        -- An open item blocks until it is known to have ended, whenever its own stream was last heard of.
        least(stood.stood_until_at, coalesce(blockers.ended_at, stood.stood_until_at)) as span_until_at
    from staging.item_links as links
    join stood
        on links.to_stream = stood.stream
        and links.to_id = stood.item_id
    join ends as blockers
        on links.from_stream = blockers.stream
        and links.from_id = blockers.item_id
    where
        links.kind = 'blocks'
        and links.from_stream <> links.to_stream

),

ordered as (

    select
        spans.*,
        max(spans.span_until_at) over (
            partition by spans.stream, spans.item_id, spans.on_stream
            order by spans.span_from_at, spans.span_until_at
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from spans
    where spans.span_until_at > spans.span_from_at

),

islands as (

    select
        ordered.*,
        sum(case when ordered.span_from_at <= ordered.covered_until then 0 else 1 end) over (
            partition by ordered.stream, ordered.item_id, ordered.on_stream
            order by ordered.span_from_at, ordered.span_until_at
            rows between unbounded preceding and current row
        ) as island
    from ordered

),

flagged as (

    select distinct
        blocked.stream,
        blocked.item_id
    from canonical.blocked
    where blocked.unblocked_at is null

),

waits as (

    select
        islands.stream,
        islands.item_id,
        islands.on_stream,
        arg_min(islands.on_item_id, islands.span_from_at) as on_item_id,
        bool_and(islands.is_flagged) as is_flagged,
        min(islands.span_from_at) as waited_from_at,
        max(islands.span_until_at) as waited_until_at
    from islands
    group by
        islands.stream,
        islands.item_id,
        islands.on_stream,
        islands.island

)

select
    waits.stream,
    waits.item_id,
    waits.on_stream,
    waits.on_item_id,
    blockers.title as on_title,
    items.team,
    items.type,
    waits.is_flagged,
    ends.ended_at is null
    and waits.waited_until_at >= streams.last_event_at
    and (not waits.is_flagged or flagged.item_id is not null) as is_open,
    from_days.day as waited_from_on,
    until_days.day as waited_until_on,
    epoch(waits.waited_until_at) - epoch(waits.waited_from_at) as seconds,
    macros.worked_by(
        waits.waited_until_at, until_days.opens_at, until_days.closes_at, until_days.seconds_before
    )
    - macros.worked_by(
        waits.waited_from_at, from_days.opens_at, from_days.closes_at, from_days.seconds_before
    ) as working_seconds,
    coalesce(costs_of_delay.cost_per_day, canonical_streams.cost_of_delay_per_day) as cost_per_day
from waits
join staging.items
    on waits.stream = items.stream
    and waits.item_id = items.item_id
left join flagged
    on waits.stream = flagged.stream
    and waits.item_id = flagged.item_id
join staging.items as blockers
    on waits.on_stream = blockers.stream
    and waits.on_item_id = blockers.item_id
join ends
    on waits.stream = ends.stream
    and waits.item_id = ends.item_id
join staging.streams
    on waits.stream = streams.stream
join canonical.streams as canonical_streams
    on waits.stream = canonical_streams.stream
left join canonical.costs_of_delay
    on waits.stream = costs_of_delay.stream
    and items.type = costs_of_delay.type
join staging.calendar as from_days
    on waits.stream = from_days.stream
    and macros.local_day(waits.waited_from_at, streams.time_zone) = from_days.day
join staging.calendar as until_days
    on waits.stream = until_days.stream
    and macros.local_day(waits.waited_until_at, streams.time_zone) = until_days.day
order by
    waits.stream,
    waits.on_stream,
    waits.waited_from_at
