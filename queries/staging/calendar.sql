/*
title = "Working time"
grain = "one row per stream and day"
[columns]
stream = "value stream"
day = "day in the stream's time zone"
opens_at = "UTC instant that work begins"
closes_at = "UTC instant that work ends; equals opens_at on a day off"
seconds_before = "working seconds from the calendar's first day to this day"
*/
select
    calendar_days.stream,
    calendar_days.day,
    calendar_days.opens_at,
    calendar_days.closes_at,
    coalesce(sum(epoch(calendar_days.closes_at) - epoch(calendar_days.opens_at)) over (
        partition by calendar_days.stream
        order by calendar_days.day
        rows between unbounded preceding and 1 preceding
    ), 0) as seconds_before
from canonical.calendar_days
