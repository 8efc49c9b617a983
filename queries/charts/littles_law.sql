/*
title = "Little's law"
question = "Do work in progress, throughput and cycle time belong together?"
grain = "one row for the scope"
[columns]
days_count = "days of the scope that the data cover"
mean_wip = "mean of the items in progress at the end of each day"
departures_per_day = "items that finished or were withdrawn after their start, per day"
arrivals_per_day = "items started per day"
mean_cycle_days = "mean time from start to the end of those that left, elapsed"
first_wip = "items in progress at the end of the first day"
last_wip = "items in progress at the end of the last day"
first_age_days = "mean age of those at the end of the first day"
last_age_days = "mean age of those at the end of the last day"
items = "items that left"
*/
with days as (

    select
        periods.period_start as day,
        periods.ends_at
    from macros.periods($stream, $since, $until, 'day') as periods
    join marts.streams
        on streams.stream = $stream
    where periods.period_start <= streams.last_event_on

),

moves as (

    select
        case when $start_rule = 'last' then items.started_last_at else items.started_first_at end as started_at,
        case when $start_rule = 'last' then items.started_last_on else items.started_first_on end as started_on,
        coalesce(items.finished_at, items.cancelled_at) as ended_at,
        items.ended_on
    from marts.items
    where
        items.stream = $stream
        and items.started_first_on is not null
        and not items.is_start_unknown
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

),

bounds as (

    select
        min(days.day) as first_day,
        max(days.day) as last_day
    from days

),

-- What comes and goes a day, and a running sum: each day against each item would be a thousand times as many rows.
changes as (

    select
        greatest(moves.started_on, bounds.first_day) as day,
        1 as items,
        epoch(moves.started_at) - epoch(cast(bounds.first_day as timestamp)) as start_seconds
    from moves
    cross join bounds
    where moves.started_on <= bounds.last_day
    union all
    select
        greatest(moves.ended_on, bounds.first_day) as day,
        -1 as items,
        epoch(cast(bounds.first_day as timestamp)) - epoch(moves.started_at) as start_seconds
    from moves
    cross join bounds
    where moves.started_on <= bounds.last_day and moves.ended_on <= bounds.last_day

),

net as (

    select
        days.day,
        any_value(epoch(days.ends_at) - epoch(cast(bounds.first_day as timestamp))) as end_seconds,
        coalesce(sum(changes.items), 0) as items,
        coalesce(sum(changes.start_seconds), 0) as start_seconds
    from days
    cross join bounds
    left join changes
        on days.day = changes.day
    group by days.day

),

running as (

    select
        net.day,
        net.end_seconds,
        sum(net.items) over so_far as wip,
        sum(net.start_seconds) over so_far as start_seconds
    from net
    window so_far as (order by net.day)

),

levels as (

    select
        running.day,
        cast(running.wip as bigint) as wip,
        case when running.wip > 0 then (running.end_seconds - running.start_seconds / running.wip) / 86400 end as age_days
    from running

),

gone as (

    select
        count(*) as items,
        avg(epoch(moves.ended_at) - epoch(moves.started_at)) / 86400 as mean_cycle_days
    from moves
    where
        moves.ended_on >= (select min(days.day) from days)
        and moves.ended_on <= (select max(days.day) from days)

),

came as (

    select count(*) as items
    from moves
    where
        moves.started_on >= (select min(days.day) from days)
        and moves.started_on <= (select max(days.day) from days)

)

select
    count(*) as days_count,
    avg(levels.wip) as mean_wip,
    any_value(gone.items) / nullif(count(*), 0) as departures_per_day,
    any_value(came.items) / nullif(count(*), 0) as arrivals_per_day,
    any_value(gone.mean_cycle_days) as mean_cycle_days,
    arg_min(levels.wip, levels.day) as first_wip,
    arg_max(levels.wip, levels.day) as last_wip,
    arg_min(levels.age_days, levels.day) as first_age_days,
    arg_max(levels.age_days, levels.day) as last_age_days,
    any_value(gone.items) as items
from levels
cross join gone
cross join came
