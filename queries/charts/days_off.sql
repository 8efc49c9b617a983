/*
title = "Days off"
question = "On which days was nobody at work?"
grain = "one row per weekend day or holiday of the stream's calendar in the period"
sight = "whole stream"
[columns]
day = "day in the stream's zone"
*/
select calendar.day
from marts.calendar
where
    calendar.stream = $stream
    and calendar.working_seconds = 0
    and calendar.day >= $since
    and calendar.day < $until
order by calendar.day
