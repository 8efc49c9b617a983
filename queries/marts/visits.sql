/*
title = "Visits"
grain = "one row per stay of a work item in a stage, sorted by month of the end and team"
[columns]
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
stage_visit_no = "1 = first visit of the item to this stage"
previous_stage = "stage before; null on the first visit"
is_rework = "the stage was visited before, or one of a higher position was"
is_handoff = "the owning team differs from the last one known"
is_in_flow = "the visit belongs to the time before the item ended"
created_on = "day the item was created"
finished_on = "day the item finished; null if it did not"
cancelled_on = "day the item was cancelled; null if it was not"
*/
with blocked_visits as (

    select
        blocked_slices.stream,
        blocked_slices.item_id,
        blocked_slices.visit_no,
        sum(blocked_slices.seconds) as blocked_seconds,
        sum(blocked_slices.working_seconds) as blocked_working_seconds
    from staging.blocked_slices
    group by
        blocked_slices.stream,
        blocked_slices.item_id,
        blocked_slices.visit_no

)

select
    visits.stream,
    visits.item_id,
    visits.visit_no,
    visits.stage,
    visits.position,
    visits.category,
    visits.mode,
    visits.activity,
    visits.waste,
    visits.owner,
    items.team,
    items.type,
    visits.entered_at,
    visits.left_at,
    visits.until_at,
    macros.local_day(visits.entered_at, streams.time_zone) as entered_on,
    macros.local_day(visits.left_at, streams.time_zone) as left_on,
    epoch(visits.until_at) - epoch(visits.entered_at) as seconds,
    visits.worked_by_end - visits.worked_by_entry as working_seconds,
    coalesce(blocked_visits.blocked_seconds, 0) as blocked_seconds,
    coalesce(blocked_visits.blocked_working_seconds, 0) as blocked_working_seconds,
    paths.stage_visit_no,
    paths.previous_stage,
    paths.is_rework,
    paths.is_handoff,
    paths.is_in_flow,
    macros.local_day(items.created_at, streams.time_zone) as created_on,
    macros.local_day(outcomes.finished_at, streams.time_zone) as finished_on,
    macros.local_day(outcomes.cancelled_at, streams.time_zone) as cancelled_on
from staging.visits
join staging.paths
    on visits.stream = paths.stream
    and visits.item_id = paths.item_id
    and visits.visit_no = paths.visit_no
join staging.items
    on visits.stream = items.stream
    and visits.item_id = items.item_id
join staging.streams
    on visits.stream = streams.stream
left join staging.outcomes
    on visits.stream = outcomes.stream
    and visits.item_id = outcomes.item_id
left join blocked_visits
    on visits.stream = blocked_visits.stream
    and visits.item_id = blocked_visits.item_id
    and visits.visit_no = blocked_visits.visit_no
order by
    visits.stream,
    date_trunc('month', coalesce(outcomes.finished_at, outcomes.cancelled_at)),
    items.team,
    visits.item_id,
    visits.visit_no
