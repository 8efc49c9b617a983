/*
title = "Necessary steps"
question = "How often does an item pass a step that is necessary but adds nothing, and how long does that take?"
grain = "one row per stage that is NNVA or demanded by law or a standard, over the items finished in the scope"
[columns]
stage = "name of the stage"
position = "its order in the reference path"
activity = "VA, NNVA or NVA"
is_compliance = "a law or a standard demands it"
is_automated = "a program does it"
visits_per_item = "visits to it per finished item"
days_per_item = "mean days in it, over all finished items"
items = "finished items that passed it"
finished = "items that finished"
*/
with finished as (

    select
        items.item_id,
        count(*) over () as finished
    from marts.items
    where
        items.stream = $stream
        and items.finished_on >= $since
        and items.finished_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

)

select
    visits.stage,
    stages.position,
    stages.activity,
    stages.is_compliance,
    stages.is_automated,
    count(*) / max(finished.finished) as visits_per_item,
    sum(case when $clock = 'working' then visits.working_seconds else visits.seconds end) / 86400
    / max(finished.finished) as days_per_item,
    count(distinct visits.item_no) as items,
    max(finished.finished) as finished
from marts.visits
join finished
    on visits.item_id = finished.item_id
join marts.stages
    on stages.stream = $stream
    and visits.stage = stages.stage
where
    visits.stream = $stream
    and visits.is_in_flow
    and (stages.activity = 'NNVA' or stages.is_compliance)
group by
    visits.stage,
    stages.position,
    stages.activity,
    stages.is_compliance,
    stages.is_automated
order by stages.position
