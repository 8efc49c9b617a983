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

    select count(*) as finished
    from marts.items
    where
        items.stream = $stream
        and items.finished_on >= $since
        and items.finished_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

)

select
    item_stages.stage,
    stages.position,
    stages.activity,
    stages.is_compliance,
    stages.is_automated,
    sum(item_stages.visits_count) / max(finished.finished) as visits_per_item,
    sum(case when $clock = 'working' then item_stages.working_seconds else item_stages.seconds end) / 86400
    / max(finished.finished) as days_per_item,
    count(*) as items,
    max(finished.finished) as finished
from marts.item_stages
cross join finished
join marts.stages
    on stages.stream = $stream
    and item_stages.stage = stages.stage
where
    item_stages.stream = $stream
    and item_stages.finished_on >= $since
    and item_stages.finished_on < $until
    and ($teams is null or list_contains($teams, item_stages.team))
    and ($types is null or list_contains($types, item_stages.type))
    and (stages.activity = 'NNVA' or stages.is_compliance)
group by
    item_stages.stage,
    stages.position,
    stages.activity,
    stages.is_compliance,
    stages.is_automated
order by stages.position
