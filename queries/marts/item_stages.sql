/*
title = "Time of items in stages"
grain = "one row per finished item and stage that it was in on the way, sorted by month of the end and team"
[columns]
item_no = "the item's place in marts.items"
stream = "value stream"
stage = "stage visited"
team = "team of the item"
type = "type of the item"
finished_on = "day the item finished"
seconds = "all its visits to the stage together"
working_seconds = "the same by the working calendar"
process_seconds = "the same without blocked time; 0 where the stage waits"
process_working_seconds = "the same by the working calendar"
rework_seconds = "those of the visits that are rework"
rework_working_seconds = "the same by the working calendar"
visits_count = "visits to the stage"
handoffs_count = "those that began with a change of team"
*/
-- Summed up before it is sorted, and its names come last: both at once need more memory than an import of ten million has.
with summed as materialized (

    select
        visits.item_no,
        visits.stage,
        sum(visits.seconds) as seconds,
        sum(visits.working_seconds) as working_seconds,
        sum(case when visits.mode = 'active' then visits.seconds - visits.blocked_seconds else 0 end)
            as process_seconds,
        sum(case when visits.mode = 'active' then visits.working_seconds - visits.blocked_working_seconds else 0 end)
            as process_working_seconds,
        sum(case when visits.is_rework then visits.seconds else 0 end) as rework_seconds,
        sum(case when visits.is_rework then visits.working_seconds else 0 end) as rework_working_seconds,
        cast(count(*) as integer) as visits_count,
        cast(sum(case when visits.is_handoff then 1 else 0 end) as integer) as handoffs_count
    from marts.visits
    where
        visits.is_in_flow
        and visits.finished_on is not null
        and visits.stage is not null
    group by
        visits.item_no,
        visits.stage

),

sorted as (

    select summed.*
    from summed
    order by
        summed.item_no,
        summed.stage

)

select
    sorted.item_no,
    items.stream,
    sorted.stage,
    items.team,
    items.type,
    items.finished_on,
    sorted.seconds,
    sorted.working_seconds,
    sorted.process_seconds,
    sorted.process_working_seconds,
    sorted.rework_seconds,
    sorted.rework_working_seconds,
    sorted.visits_count,
    sorted.handoffs_count
from sorted
join marts.items
    on sorted.item_no = items.item_no
