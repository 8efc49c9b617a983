/*
title = "Days of the periods of a scope"
grain = "one row per day, with the columns of macros.periods for its period: a join by day is ten times as fast as one by a span"
*/
create or replace macro macros.period_days(chosen_stream, since, until, period) as table
    with days as (

        select
            periods.*,
            unnest(generate_series(
                cast(periods.period_start as timestamp),
                cast(periods.period_end as timestamp) - interval 1 day,
                interval 1 day
            )) as begins_at
        from macros.periods(chosen_stream, since, until, period) as periods

    )

    select
        days.period_start,
        days.period_end,
        days.ends_at,
        days.is_partial,
        cast(days.begins_at as date) as day
    from days;
