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

    select
        items.stream,
        slices.person,
        items.team,
        streams.time_zone,
        slices.slice_from_at,
        slices.slice_until_at
    from staging.slices
    join staging.items
        on slices.item_no = items.item_no
    join staging.streams
        on items.stream = streams.stream
    where
        slices.person is not null
        and slices.is_worked
        and items.team is not null
        and slices.slice_until_at > slices.slice_from_at

),

worked_months as (

    select
        active.stream,
        active.team,
        active.person,
        cast(date_trunc('month', macros.local_day(active.slice_from_at, active.time_zone)) as date) as first_month_on,
        cast(date_trunc('month', macros.local_day(active.slice_until_at, active.time_zone)) as date) as last_month_on
    from active

),

spans as (

    select distinct
        worked_months.stream,
        worked_months.team,
        worked_months.person,
        worked_months.first_month_on,
        worked_months.last_month_on
    from worked_months

),

months as (

    select
        spans.stream,
        spans.team,
        spans.person,
        unnest(generate_series(
            cast(spans.first_month_on as timestamp), cast(spans.last_month_on as timestamp), interval 1 month
        )) as month_at
    from spans

),

members as (

    select distinct
        months.stream,
        months.team,
        months.person,
        cast(months.month_at as date) as month_on
    from months

),

held as (

    select
        people.stream,
        people.person,
        open_items.open_count,
        open_items.occurred_at,
        open_items.until_at,
        streams.time_zone,
        date_trunc('month', macros.local_day(open_items.occurred_at, streams.time_zone)) as first_month_on,
        date_trunc('month', macros.local_day(open_items.until_at, streams.time_zone)) as last_month_on
    from staging.open_items
    join staging.people
        on open_items.person_no = people.person_no
    join staging.streams
        on people.stream = streams.stream
    where open_items.open_count > 0 and open_items.until_at > open_items.occurred_at

),

across as (

    select
        held.*,
        unnest(generate_series(
            cast(held.first_month_on as timestamp), cast(held.last_month_on as timestamp), interval 1 month
        )) as month_at
    from held
    where held.first_month_on <> held.last_month_on

),

split as (

    -- Few spans lie across the end of a month: only they are cut.
    select
        held.stream,
        held.person,
        cast(held.first_month_on as date) as month_on,
        held.open_count,
        epoch(held.until_at) - epoch(held.occurred_at) as seconds
    from held
    where held.first_month_on = held.last_month_on
    union all
    select
        across.stream,
        across.person,
        cast(across.month_at as date) as month_on,
        across.open_count,
        epoch(least(
            across.until_at, macros.clock_utc(across.month_at + interval 1 month, across.time_zone)
        ))
        - epoch(greatest(across.occurred_at, macros.clock_utc(across.month_at, across.time_zone))) as seconds
    from across

),

averaged as (

    select
        split.stream,
        split.person,
        split.month_on,
        sum(split.open_count * split.seconds) / sum(split.seconds) as open_items
    from split
    where split.seconds > 0
    group by
        split.stream,
        split.person,
        split.month_on

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
