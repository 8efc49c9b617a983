/*
title = "Items open at once"
grain = "one row per team and month in which somebody was active on an item of the team"
[columns]
stream = "value stream"
team = "team of the items"
month_on = "first day of the month in the stream's zone"
people_count = "people who were active on its items in that month"
open_items = "median over them of the items each had open, averaged over the time they had any; null below 5 people"
*/
with active as (

    select distinct
        visits.stream,
        visits.person,
        items.team,
        streams.time_zone,
        slices.slice_from_at,
        slices.slice_until_at
    from staging.slices
    join staging.visits
        on slices.stream = visits.stream
        and slices.item_id = visits.item_id
        and slices.visit_no = visits.visit_no
    join staging.items
        on slices.stream = items.stream
        and slices.item_id = items.item_id
    join staging.streams
        on slices.stream = streams.stream
    where
        visits.person is not null
        and visits.mode = 'active'
        and visits.category = 'in-progress'
        and items.team is not null
        and slices.slice_until_at > slices.slice_from_at

),

members as (

    select distinct
        active.stream,
        active.team,
        active.person,
        cast(unnest(generate_series(
            date_trunc('month', cast(macros.local_day(active.slice_from_at, active.time_zone) as timestamp)),
            cast(macros.local_day(active.slice_until_at, active.time_zone) as timestamp),
            interval 1 month
        )) as date) as month_on
    from active

),

spread as (

    select
        open_items.stream,
        open_items.person,
        open_items.open_count,
        open_items.occurred_at,
        open_items.until_at,
        streams.time_zone,
        unnest(generate_series(
            date_trunc('month', cast(macros.local_day(open_items.occurred_at, streams.time_zone) as timestamp)),
            cast(macros.local_day(open_items.until_at, streams.time_zone) as timestamp),
            interval 1 month
        )) as month_at
    from staging.open_items
    join staging.streams
        on open_items.stream = streams.stream
    where open_items.open_count > 0 and open_items.until_at > open_items.occurred_at

),

held as (

    select
        spread.stream,
        spread.person,
        cast(spread.month_at as date) as month_on,
        spread.open_count,
        epoch(least(
            spread.until_at, timezone('UTC', timezone(spread.time_zone, spread.month_at + interval 1 month))
        ))
        - epoch(greatest(spread.occurred_at, timezone('UTC', timezone(spread.time_zone, spread.month_at)))) as seconds
    from spread

),

averaged as (

    select
        held.stream,
        held.person,
        held.month_on,
        sum(held.open_count * held.seconds) / sum(held.seconds) as open_items
    from held
    where held.seconds > 0
    group by
        held.stream,
        held.person,
        held.month_on

)

select
    members.stream,
    members.team,
    members.month_on,
    count(*) as people_count,
    case when count(*) >= 5 then quantile_cont(averaged.open_items, 0.5) end as open_items
from members
join averaged
    on members.stream = averaged.stream
    and members.person = averaged.person
    and members.month_on = averaged.month_on
group by
    members.stream,
    members.team,
    members.month_on
order by
    members.stream,
    members.month_on,
    members.team
