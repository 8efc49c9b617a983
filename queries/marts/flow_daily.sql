/*
title = "Moves per day"
grain = "one row per stream, day, edge between stages, team and type"
[columns]
stream = "value stream"
day = "day in the stream's zone"
from_stage = "stage left; null where items begin"
to_stage = "stage entered"
team = "team of the items"
type = "type of the items"
moves = "how many"
*/
select
    visits.stream,
    visits.entered_on as day,
    visits.previous_stage as from_stage,
    visits.stage as to_stage,
    visits.team,
    visits.type,
    cast(count(*) as bigint) as moves
from marts.visits
group by
    visits.stream,
    visits.entered_on,
    visits.previous_stage,
    visits.stage,
    visits.team,
    visits.type
order by
    visits.stream,
    visits.entered_on
