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
    with cut as (

        -- The engine plans a series that it reads from in half the time of one that it unnests.
        select
            cast(starts.full_start as date) as full_start,
            case
                when period = 'all' then cast(until as date)
                else cast(starts.full_start + macros.period_step(period) as date)
            end as full_end
        from generate_series(
            case
                when period = 'all' then cast(since as timestamp)
                else date_trunc(nullif(period, 'all'), cast(since as timestamp))
            end,
            case
                when period = 'all' then cast(since as timestamp)
                else cast(until as timestamp) - interval '1 microsecond'
            end,
            coalesce(macros.period_step(period), interval '1000 years')
        ) as starts (full_start)

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
