/*
title = "Periods"
question = "Which periods does the scope cut short?"
grain = "one row per period of the scope"
sight = "whole stream"
[columns]
period_start = "first day of the period"
period_end = "first day after it"
is_partial = "the scope or the end of the data cuts it short"
*/
select
    periods.period_start,
    periods.period_end,
    periods.is_partial
from macros.periods($stream, $since, $until, $period) as periods
order by periods.period_start
