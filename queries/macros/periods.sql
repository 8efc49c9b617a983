/*
title = "Periods"
grain = "one row per period that overlaps [since, until); the only place where periods are cut"
[columns]
period_start = "first day of the period, no earlier than since"
period_end = "first day after the period, no later than until"
ends_at = "UTC instant of its end in the stream's zone, no later than the stream's last event"
is_partial = "true where since or until cuts it short, or the data end inside it"
*/
create or replace macro macros.periods(chosen_stream, since, until, period) as table
    with starts as (

        select cast(unnest(generate_series(
            date_trunc(nullif(period, 'all'), cast(since as timestamp)),
            cast(until as timestamp) - interval 1 microsecond,
            case nullif(period, 'all')
                when 'day' then interval 1 day
                when 'week' then interval 7 day
                when 'month' then interval 1 month
                when 'quarter' then interval 3 month
            end
        )) as date) as full_start

    ),

    cut as (

        select
            full_start,
            cast(full_start + case period
                when 'day' then interval 1 day
                when 'week' then interval 7 day
                when 'month' then interval 1 month
                when 'quarter' then interval 3 month
            end as date) as full_end
        from starts
        union all
        select
            cast(since as date) as full_start,
            cast(until as date) as full_end
        where period = 'all'

    )

    select
        greatest(cut.full_start, cast(since as date)) as period_start,
        least(cut.full_end, cast(until as date)) as period_end,
        least(
            timezone('UTC', timezone(streams.time_zone, cast(least(cut.full_end, cast(until as date)) as timestamp))),
            streams.last_event_at
        ) as ends_at,
        cut.full_start < cast(since as date)
        or cut.full_end > cast(until as date)
        or cut.full_end > streams.last_event_on as is_partial
    from cut
    join marts.streams
        on streams.stream = chosen_stream;
