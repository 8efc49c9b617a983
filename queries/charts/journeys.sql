/*
title = "Whole journeys"
question = "Which way did each finished item go, and how long did each stay take?"
grain = "one row per stay before the end of the items finished in the period, at most so many items, the latest"
[columns]
item_id = "key of the work item"
created_at = "UTC instant of its creation"
lead_days = "its lead time"
visit_no = "its stays in their order"
stage = "stage of the stay; null for states that no stage collects"
process_days = "unblocked time of an active stay, 0 of a waiting one"
idle_days = "the rest of the stay: waiting, or blocked"
finished_items = "items finished in the period, shown or not"
*/
with finished as (

    select
        items.item_id,
        items.created_at,
        case when $clock = 'working' then items.lead_working_seconds else items.lead_seconds end / 86400 as lead_days,
        count(*) over () as finished_items
    from marts.items
    where
        items.stream = $stream
        and items.finished_on >= $since
        and items.finished_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))
    qualify row_number() over (order by items.finished_at desc, items.item_id) <= $row_limit

),

stayed as (

    select
        finished.item_id,
        finished.created_at,
        finished.lead_days,
        visits.visit_no,
        visits.stage,
        case when $clock = 'working' then visits.working_seconds else visits.seconds end / 86400 as days,
        case
            when coalesce(visits.mode <> 'active', true) then 0
            when $clock = 'working' then visits.working_seconds - visits.blocked_working_seconds
            else visits.seconds - visits.blocked_seconds
        end / 86400 as process_days,
        finished.finished_items
    from finished
    join marts.visits
        on visits.stream = $stream
        and finished.item_id = visits.item_id
    where visits.is_in_flow

)

select
    stayed.item_id,
    stayed.created_at,
    stayed.lead_days,
    stayed.visit_no,
    stayed.stage,
    stayed.process_days,
    stayed.days - stayed.process_days as idle_days,
    stayed.finished_items
from stayed
order by
    stayed.created_at,
    stayed.item_id,
    stayed.visit_no
