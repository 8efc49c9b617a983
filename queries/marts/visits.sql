/*
title = "Visits"
grain = "one row per stay of a work item in a stage, sorted by month of the end and team"
[columns]
item_no = "the item's place in marts.items"
stream = "value stream"
item_id = "key of the work item"
visit_no = "1 = first visit of the item"
stage = "stage visited"
position = "its order in the reference path; null for states that no stage collects"
category = "backlog, in-progress, done or cancelled"
mode = "active or wait"
activity = "VA, NNVA or NVA"
waste = "declared waste of the stage"
owner = "owning team as declared or recorded; null if not known"
team = "team of the item"
type = "type of the item"
entered_at = "UTC instant of the entry"
left_at = "UTC instant of the next visit's entry; null while the item is still there"
until_at = "left_at, or the stream's last event"
entered_on = "day of the entry in the stream's zone"
left_on = "day of the next entry; null while the item is still there"
seconds = "until_at - entered_at"
working_seconds = "the same by the working calendar"
blocked_seconds = "blocked time within the visit, before the end"
blocked_working_seconds = "the same by the working calendar"
previous_stage = "stage before; null on the first visit"
next_stage = "stage after; null while the item is still there"
is_rework = "the stage was visited before, or one of a higher position was"
is_handoff = "the owning team differs from the last one known"
is_in_flow = "the visit belongs to the time before the item ended"
created_on = "day the item was created"
finished_on = "day the item finished; null if it did not"
cancelled_on = "day the item was cancelled; null if it was not"
*/
with sorted as (

    -- Numbers are sorted, names come afterwards: a tenth of the bytes.
    select
        item_order.order_no,
        visits.item_no,
        visits.visit_no,
        visits.place_no,
        visits.previous_place_no,
        visits.next_place_no,
        -- A team, never a person.
        nullif(visits.owner, visits.person) as owner,
        visits.entered_at,
        visits.left_at,
        visits.until_at,
        visits.entered_on,
        visits.left_on,
        visits.worked_by_end - visits.worked_by_entry as working_seconds,
        blocked_visits.blocked_seconds,
        blocked_visits.blocked_working_seconds,
        visits.is_rework,
        visits.is_handoff,
        visits.visit_no < coalesce(outcomes.end_visit_no, visits.visit_no + 1) as is_in_flow
    from staging.visits
    join staging.item_order
        on visits.item_no = item_order.item_no
    left join staging.outcomes
        on visits.item_no = outcomes.item_no
    left join staging.blocked_visits
        on visits.item_no = blocked_visits.item_no
        and visits.visit_no = blocked_visits.visit_no
    order by
        item_order.order_no,
        visits.visit_no

)

select
    sorted.order_no as item_no,
    places.stream,
    items.item_id,
    sorted.visit_no,
    places.stage,
    places.position,
    places.category,
    places.mode,
    places.activity,
    places.waste,
    sorted.owner,
    items.team,
    items.type,
    sorted.entered_at,
    sorted.left_at,
    sorted.until_at,
    sorted.entered_on,
    sorted.left_on,
    epoch(sorted.until_at) - epoch(sorted.entered_at) as seconds,
    sorted.working_seconds,
    coalesce(sorted.blocked_seconds, 0) as blocked_seconds,
    coalesce(sorted.blocked_working_seconds, 0) as blocked_working_seconds,
    previous_places.stage as previous_stage,
    next_places.stage as next_stage,
    sorted.is_rework,
    sorted.is_handoff,
    sorted.is_in_flow,
    items.created_on,
    items.finished_on,
    items.cancelled_on
from sorted
join marts.items
    on sorted.order_no = items.item_no
join staging.places
    on sorted.place_no = places.place_no
left join staging.places as previous_places
    on sorted.previous_place_no = previous_places.place_no
left join staging.places as next_places
    on sorted.next_place_no = next_places.place_no
