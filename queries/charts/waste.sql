/*
title = "Where the lead time goes"
question = "Which waste takes how much of the lead time, and in which stage?"
grain = "one row per bucket, activity, stage and reason, over the items that finished or were withdrawn in the period"
[columns]
bucket = "partially-done, rework, waiting, batch, handoff, extra-process, task-switching or value-adding"
activity = "VA, NNVA or NVA: the same time by whether it is worth anything to the customer"
stage = "stage in which the time was spent"
position = "its order in the reference path; null for states that no stage collects"
reason = "reason of blocked time; null otherwise"
days = "item-days"
share_ratio = "of all item-days"
items = "items with such time"
cost = "calendar days, whatever the clock, times the cost of delay of the item's type, else of the stream; null where none is given"
*/
with spent as (

    select
        waste.bucket,
        waste.activity,
        waste.stage,
        waste.reason,
        sum(case when $clock = 'working' then waste.working_seconds else waste.seconds end) / 86400 as days,
        -- A day of delay costs what it costs by the calendar, whichever clock measures the time.
        sum(waste.seconds * waste.cost_per_day) / 86400 as cost,
        count(distinct waste.item_no) as items
    from marts.waste
    where
        waste.stream = $stream
        and waste.ended_on >= $since
        and waste.ended_on < $until
        and ($teams is null or list_contains($teams, waste.team))
        and ($types is null or list_contains($types, waste.type))
    group by
        waste.bucket,
        waste.activity,
        waste.stage,
        waste.reason

)

select
    spent.bucket,
    spent.activity,
    spent.stage,
    stages.position,
    spent.reason,
    spent.days,
    spent.days / nullif(sum(spent.days) over (), 0) as share_ratio,
    spent.items,
    spent.cost
from spent
left join marts.stages
    on stages.stream = $stream
    and spent.stage = stages.stage
where spent.days > 0 or spent.cost > 0
order by
    spent.days desc,
    spent.bucket,
    spent.stage
