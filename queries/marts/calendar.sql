/*
title = "Calendar"
grain = "one row per stream and day"
[columns]
stream = "value stream"
day = "day in the stream's zone"
opens_at = "UTC instant that work begins"
closes_at = "UTC instant that work ends; equals opens_at on a day off"
seconds_before = "working seconds from the calendar's first day to this day"
working_seconds = "seconds from opening to closing; 0 on a day off"
*/
select
    calendar.stream,
    calendar.day,
    calendar.opens_at,
    calendar.closes_at,
    calendar.seconds_before,
    epoch(calendar.closes_at) - epoch(calendar.opens_at) as working_seconds
from staging.calendar
order by
    calendar.stream,
    calendar.day
