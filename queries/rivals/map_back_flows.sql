/*
title = "Moves from stage to stage of finished items"
question = "charts.map_back_flows"
grain = "one row per pair of stages; SQLite's dialect"
*/
select
    visits.previous_stage as from_stage,
    visits.stage as to_stage,
    count(*) as value
from visits
where
    visits.previous_stage is not null
    and visits.finished_on >= :since
    and (:team is null or visits.team = :team)
group by
    visits.previous_stage,
    visits.stage
order by
    visits.previous_stage,
    visits.stage
