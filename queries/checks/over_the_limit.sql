/*
title = "Stage above its agreed limit"
severity = "note"
why = "More items are in the stage than the team agreed."
remedy = "Finish before starting: which of them can be helped on?"
*/
with present as (

    select
        visits.stream,
        visits.stage,
        count(*) as items
    from marts.visits
    where visits.left_at is null and visits.is_in_flow
    group by
        visits.stream,
        visits.stage

)

select
    stages.stream,
    stages.stage as subject,
    present.items || ' items, limit ' || stages.wip_limit as detail
from marts.stages
join present
    on stages.stream = present.stream
    and stages.stage = present.stage
where present.items > stages.wip_limit
