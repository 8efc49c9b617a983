/*
title = "Items with the most waste"
question = "Which items lost the most time to it?"
grain = "one row per item that ended in the scope and has such time, the most first; task switching is told of no item"
[columns]
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
team = "team of the item"
stage = "stage in which most of that time was spent"
days = "days of the waste that is asked for; of every waste where none is"
share_ratio = "of its time from creation to the end"
ended_on = "day it finished or was withdrawn"
matches = "items with such time, on all pages"
*/
with lost as (

    select
        waste.item_no,
        waste.stage,
        sum(case when $clock = 'working' then waste.working_seconds else waste.seconds end) / 86400 as days
    from marts.waste
    where
        waste.stream = $stream
        and waste.ended_on >= $since
        and waste.ended_on < $until
        and ($teams is null or list_contains($teams, waste.team))
        and ($types is null or list_contains($types, waste.type))
        -- Of one item it would be a figure of the person who worked on it.
        and waste.bucket not in ('value-adding', 'task-switching')
        and ($chosen['waste'] is null or waste.bucket = $chosen['waste'])
    group by
        waste.item_no,
        waste.stage

),

summed as (

    select
        lost.item_no,
        arg_max(lost.stage, row(lost.days, lost.stage)) as stage,
        sum(lost.days) as days
    from lost
    where lost.days > 0
    group by lost.item_no

)

select
    items.item_id,
    items.title,
    items.type,
    items.team,
    summed.stage,
    summed.days,
    summed.days
    / nullif(case when $clock = 'working' then items.lead_working_seconds else items.lead_seconds end / 86400, 0)
        as share_ratio,
    items.ended_on,
    count(*) over () as matches
from summed
join marts.items
    on summed.item_no = items.item_no
order by
    summed.days desc,
    items.item_id
limit
    $row_limit
    offset $row_offset
