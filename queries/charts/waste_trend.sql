/*
title = "Waste over time"
question = "Is the share of each waste growing or falling?"
grain = "one row per period and bucket that any item of the scope has"
[columns]
period_start = "first day of the period"
bucket = "partially-done, rework, waiting, batch, handoff, extra-process, task-switching or value-adding"
days = "item-days of items that finished or were withdrawn in the period; null where none was"
items = "items that finished or were withdrawn in the period, with or without such time"
*/
with spent as (

    select
        waste.item_no,
        waste.ended_on,
        waste.bucket,
        case when $clock = 'working' then waste.working_seconds else waste.seconds end / 86400 as days
    from marts.waste
    where
        waste.stream = $stream
        and waste.ended_on >= $since
        and waste.ended_on < $until
        and ($teams is null or list_contains($teams, waste.team))
        and ($types is null or list_contains($types, waste.type))

),

buckets as (

    select distinct spent.bucket
    from spent

),

ended as (

    select
        spent.ended_on,
        count(distinct spent.item_no) as items
    from spent
    group by spent.ended_on

),

counted as (

    select
        periods.period_start,
        sum(ended.items) as items
    from macros.period_days($stream, $since, $until, $period) as periods
    join ended
        on ended.ended_on = periods.day
    group by periods.period_start

)

select
    periods.period_start,
    buckets.bucket,
    sum(spent.days) as days,
    cast(coalesce(max(counted.items), 0) as bigint) as items
from macros.period_days($stream, $since, $until, $period) as periods
cross join buckets
left join counted
    on periods.period_start = counted.period_start
left join spent
    on buckets.bucket = spent.bucket
    and spent.ended_on = periods.day
group by
    periods.period_start,
    buckets.bucket
order by
    periods.period_start,
    buckets.bucket
