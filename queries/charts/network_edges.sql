/*
title = "What flows between the streams"
question = "Which stream waits for which, how long, and what does it cost?"
grain = "one row per stream that needs, waits for, or has parts in another one, whatever stream is chosen; the longest waits first"
sight = "all teams"
[columns]
stream = "value stream that waits"
on_stream = "value stream that it waits for"
waits = "waits that ended in the scope or last at the end of the data in it; each is counted in one scope only, whole"
items = "items of the stream that waited so"
open_waits = "of these, waits that still last"
wait_days = "sum of the waits, in days"
median_wait_days = "half of the waits took so long or less"
cost = "days waited times the cost of delay of each item; null where none is told"
currency = "of the cost"
is_flagged = "true where all were flagged as blocked; false where some were open beside what blocks them: they waited at most so long"
what = "what the stream says it gets from the other one; null if it says nothing"
agreed_days = "days within which that was agreed to come; null if none were"
within_ratio = "share of the waits that ended within the agreed days, of all waits that ended or are longer already"
parts = "items of the other stream that are parts of an item of this one and were created in the scope"
*/
with waits as (

    select
        stream_waits.stream,
        stream_waits.on_stream,
        stream_waits.item_id,
        stream_waits.is_flagged,
        stream_waits.is_open,
        stream_waits.cost_per_day,
        case when $clock = 'working' then stream_waits.working_seconds else stream_waits.seconds end / 86400 as days,
        stream_waits.seconds / 86400 as elapsed_days
    from marts.stream_waits
    where
        stream_waits.waited_until_on >= $since
        and stream_waits.waited_until_on < $until

),

declared as (

    select
        needs.stream,
        needs.on_stream,
        string_agg(needs.what, '; ' order by needs.what) as what,
        min(needs.agreed_days) as agreed_days
    from marts.needs
    group by
        needs.stream,
        needs.on_stream

),

summed as (

    select
        waits.stream,
        waits.on_stream,
        count(*) as waits,
        count(distinct waits.item_id) as items,
        count(*) filter (where waits.is_open) as open_waits,
        sum(waits.days) as wait_days,
        quantile_cont(waits.days, 0.5) as median_wait_days,
        sum(waits.elapsed_days * waits.cost_per_day) as cost,
        bool_and(waits.is_flagged) as is_flagged,
        count(*) filter (where not waits.is_open and waits.elapsed_days <= declared.agreed_days)
        / nullif(
            count(*) filter (where not waits.is_open or waits.elapsed_days > declared.agreed_days), 0
        ) as within_ratio
    from waits
    left join declared
        on waits.stream = declared.stream
        and waits.on_stream = declared.on_stream
    group by
        waits.stream,
        waits.on_stream

),

parts as (

    select
        stream_parts.stream,
        stream_parts.on_stream,
        count(distinct stream_parts.on_item_id) as parts
    from marts.stream_parts
    join marts.items
        on stream_parts.on_stream = items.stream
        and stream_parts.on_item_id = items.item_id
    where
        items.created_on >= $since
        and items.created_on < $until
    group by
        stream_parts.stream,
        stream_parts.on_stream

),

edges as (

    select
        summed.stream,
        summed.on_stream
    from summed
    union
    select
        declared.stream,
        declared.on_stream
    from declared
    union
    select
        parts.stream,
        parts.on_stream
    from parts

)

select
    edges.stream,
    edges.on_stream,
    coalesce(summed.waits, 0) as waits,
    coalesce(summed.items, 0) as items,
    coalesce(summed.open_waits, 0) as open_waits,
    coalesce(summed.wait_days, 0) as wait_days,
    summed.median_wait_days,
    summed.cost,
    streams.currency,
    summed.is_flagged,
    declared.what,
    declared.agreed_days,
    case when declared.agreed_days is not null then summed.within_ratio end as within_ratio,
    coalesce(parts.parts, 0) as parts
from edges
left join summed
    on edges.stream = summed.stream
    and edges.on_stream = summed.on_stream
left join declared
    on edges.stream = declared.stream
    and edges.on_stream = declared.on_stream
left join parts
    on edges.stream = parts.stream
    and edges.on_stream = parts.on_stream
left join marts.streams
    on edges.stream = streams.stream
order by
    wait_days desc,
    edges.stream,
    edges.on_stream
