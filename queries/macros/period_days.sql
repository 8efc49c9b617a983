/*
title = "Days of the periods of a scope"
grain = "one row per day, with the columns of macros.periods for its period: a join by day is ten times as fast as one by a span"
*/
create or replace macro macros.period_days(chosen_stream, since, until, period) as table
    select
        periods.*,
        cast(unnest(generate_series(
            cast(periods.period_start as timestamp),
            cast(periods.period_end as timestamp) - interval 1 day,
            interval 1 day
        )) as date) as day
    from macros.periods(chosen_stream, since, until, period) as periods;
