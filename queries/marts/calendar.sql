/*
title = "Calendar"
grain = "one row per stream and day"
[columns]
stream = "value stream"
day = "day in the stream's zone"
working_seconds = "seconds from opening to closing; 0 on a day off"
*/
select
    calendar.stream,
    calendar.day,
    epoch(calendar.closes_at) - epoch(calendar.opens_at) as working_seconds
from staging.calendar
order by
    calendar.stream,
    calendar.day
