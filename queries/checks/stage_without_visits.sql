/*
title = "Stage that no item ever visited"
severity = "note"
why = "It stands in the map with no time and no items: the stage is new, not used, or its states are written otherwise in the data."
remedy = "Compare its states with those that no stage collects; capital letters and blanks count. Take a stage out that is not used."
*/
select
    stages.stream,
    stages.stage as subject,
    coalesce('collects ' || array_to_string(stages.states, ', '), 'collects no state') as detail
from marts.stages
anti join marts.visits
    on stages.stream = visits.stream
    and stages.stage = visits.stage
-- Data without items, such as deployments alone, say nothing of the stages.
where stages.stream in (select streams.stream from marts.streams where streams.items_count > 0)
