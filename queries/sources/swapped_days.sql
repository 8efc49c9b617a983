/*
title = "Times whose day and month may be swapped"
grain = "one row: how many doubtful times are nearer to a certain one of their item as written, and how many swapped"
*/
with written as (

    select
        dated.item_id,
        try_cast(
            replace(regexp_extract(trim(dated.written), '^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?'), 'T', ' ')
            as timestamp
        ) as occurred_at
    from raw.dated
    where
        dated.item_id is not null
        -- Of a large log some items tell enough.
        and hash(dated.item_id) % (select greatest(count(*) // 500000, 1) from raw.texts) = 0

),

-- A day above 12 can't be a month.
certain as (

    select distinct
        written.item_id,
        written.occurred_at
    from written
    where day(written.occurred_at) > 12

),

doubtful as (

    select
        written.item_id,
        written.occurred_at,
        make_timestamp(
            year(written.occurred_at), day(written.occurred_at), month(written.occurred_at),
            hour(written.occurred_at), minute(written.occurred_at), second(written.occurred_at)
        ) as swapped_at,
        row_number() over () as time_no
    from written
    where day(written.occurred_at) <= 12 and day(written.occurred_at) <> month(written.occurred_at)

),

readings as (

    select
        doubtful.time_no,
        doubtful.item_id,
        false as is_swapped,
        doubtful.occurred_at
    from doubtful
    union all
    select
        doubtful.time_no,
        doubtful.item_id,
        true as is_swapped,
        doubtful.swapped_at as occurred_at
    from doubtful

),

distances as (

    -- The least of two leaves nulls out: one neighbour is enough.
    select
        readings.time_no,
        readings.is_swapped,
        least(
            epoch(readings.occurred_at) - epoch(before.occurred_at),
            epoch(later.occurred_at) - epoch(readings.occurred_at)
        ) as seconds
    from readings
    asof left join certain as before
        on readings.item_id = before.item_id
        and readings.occurred_at >= before.occurred_at
    asof left join certain as later
        on readings.item_id = later.item_id
        and readings.occurred_at <= later.occurred_at

),

votes as (

    select
        distances.time_no,
        min(distances.seconds) filter (where not distances.is_swapped) as as_written_seconds,
        min(distances.seconds) filter (where distances.is_swapped) as swapped_seconds
    from distances
    group by distances.time_no

)

select
    cast(count(*) filter (where votes.as_written_seconds < votes.swapped_seconds) as bigint) as as_written,
    cast(count(*) filter (where votes.swapped_seconds < votes.as_written_seconds) as bigint) as swapped
from votes
