/*
title = "Work items"
grain = "one row per work item, sorted by month of the end and team; sums run from creation to the end, or to the stream's last event"
[columns]
item_no = "1, 2, … in the order of the rows: what other tables join by"
stream = "value stream"
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
team = "team of the item"
priority = "priority as the source names it"
labels = "labels in alphabetical order, | between them; null if it has none"
parent_id = "item that this one is part of"
points = "estimate; null if it has none"
is_start_unknown = "true where its end or its present state is told, but no start: cycle time and age are unknown"
created_at = "UTC instant of creation"
started_first_at = "UTC instant of the first crossing from backlog into progress or beyond; null if never started"
started_last_at = "UTC instant of the last such crossing"
finished_at = "UTC instant of the final entry into done; null if not finished"
cancelled_at = "UTC instant of the final entry into cancelled; null if not cancelled"
worked_by_first_start = "working seconds of the calendar until the first start"
worked_by_last_start = "working seconds of the calendar until the last start"
created_on = "day of creation in the stream's zone"
started_first_on = "day of started_first_at"
started_last_on = "day of started_last_at"
finished_on = "day of finished_at"
cancelled_on = "day of cancelled_at"
ended_on = "day it finished or was cancelled; null while it is open"
stage = "stage it is in now, or ended in"
stage_entered_at = "UTC instant it entered that stage"
lead_seconds = "creation to finish, or to cancellation, or to the stream's last event"
lead_working_seconds = "the same by the working calendar"
cycle_first_seconds = "first start to finish, or to cancellation, or to the stream's last event; null if never started"
cycle_first_working_seconds = "the same by the working calendar"
cycle_last_seconds = "last start to finish, or to cancellation, or to the stream's last event; null if never started"
cycle_last_working_seconds = "the same by the working calendar"
process_seconds = "time in active stages, not blocked"
process_working_seconds = "the same by the working calendar"
value_added_seconds = "first-pass, unblocked time in active VA stages"
value_added_working_seconds = "the same by the working calendar"
rework_seconds = "time of rework visits"
rework_working_seconds = "the same by the working calendar"
blocked_seconds = "union of blocked intervals"
blocked_working_seconds = "the same by the working calendar"
handoffs_count = "changes of owning team between consecutive visits; null where no owner is known"
visits_count = "visits before the end"
rework_visits_count = "rework visits before the end"
reopened_count = "how often it left done again"
history_seconds = "first to last event: the case duration of its raw log"
*/
with in_flow as (

    select
        visits.item_no,
        visits.visit_no,
        visits.entered_at,
        visits.owner,
        visits.is_handoff,
        visits.is_rework,
        visits.worked_by_entry,
        visits.visit_no < coalesce(outcomes.end_visit_no, visits.visit_no + 1) as is_in_flow,
        visits.entered_at >= outcomes.started_first_at as is_after_first_start,
        visits.entered_at >= outcomes.started_last_at as is_after_last_start,
        epoch(visits.until_at) - epoch(visits.entered_at) as seconds,
        visits.worked_by_end - visits.worked_by_entry as working_seconds,
        coalesce(blocked_visits.blocked_seconds, 0) as blocked_seconds,
        coalesce(blocked_visits.blocked_working_seconds, 0) as blocked_working_seconds,
        places.mode = 'active' as is_active,
        places.mode = 'active' and places.activity = 'VA' and not visits.is_rework as is_value_added
    from staging.visits
    join staging.places
        on visits.place_no = places.place_no
    left join staging.outcomes
        on visits.item_no = outcomes.item_no
    left join staging.blocked_visits
        on visits.item_no = blocked_visits.item_no
        and visits.visit_no = blocked_visits.visit_no

),

sums as (

    select
        in_flow.item_no,
        max(in_flow.visit_no) as last_visit_no,
        sum(in_flow.seconds) filter (where in_flow.is_in_flow) as lead_seconds,
        sum(in_flow.working_seconds) filter (where in_flow.is_in_flow) as lead_working_seconds,
        sum(in_flow.seconds - in_flow.blocked_seconds)
        filter (where in_flow.is_in_flow and in_flow.is_active) as process_seconds,
        sum(in_flow.working_seconds - in_flow.blocked_working_seconds)
        filter (where in_flow.is_in_flow and in_flow.is_active) as process_working_seconds,
        sum(in_flow.seconds - in_flow.blocked_seconds)
        filter (where in_flow.is_in_flow and in_flow.is_value_added) as value_added_seconds,
        sum(in_flow.working_seconds - in_flow.blocked_working_seconds)
        filter (where in_flow.is_in_flow and in_flow.is_value_added) as value_added_working_seconds,
        sum(in_flow.seconds) filter (where in_flow.is_in_flow and in_flow.is_rework) as rework_seconds,
        sum(in_flow.working_seconds) filter (where in_flow.is_in_flow and in_flow.is_rework) as rework_working_seconds,
        sum(in_flow.blocked_seconds) filter (where in_flow.is_in_flow) as blocked_seconds,
        sum(in_flow.blocked_working_seconds) filter (where in_flow.is_in_flow) as blocked_working_seconds,
        count(*) filter (where in_flow.is_in_flow) as visits_count,
        count(*) filter (where in_flow.is_in_flow and in_flow.is_rework) as rework_visits_count,
        -- Working seconds between a start and the end are those of the visits from the start on.
        sum(in_flow.seconds) filter (where in_flow.is_in_flow and in_flow.is_after_first_start) as cycle_first_seconds,
        sum(in_flow.working_seconds)
        filter (where in_flow.is_in_flow and in_flow.is_after_first_start) as cycle_first_working_seconds,
        sum(in_flow.seconds) filter (where in_flow.is_in_flow and in_flow.is_after_last_start) as cycle_last_seconds,
        sum(in_flow.working_seconds)
        filter (where in_flow.is_in_flow and in_flow.is_after_last_start) as cycle_last_working_seconds,
        min(in_flow.worked_by_entry) filter (where in_flow.is_after_first_start) as worked_by_first_start,
        min(in_flow.worked_by_entry) filter (where in_flow.is_after_last_start) as worked_by_last_start,
        -- The end visit counts too: a hand-off into it is one.
        count(*) filter (where in_flow.is_handoff) as handoffs_count,
        count(in_flow.owner) as owners_count
    from in_flow
    group by in_flow.item_no

)

select
    item_order.order_no as item_no,
    items.stream,
    items.item_id,
    items.title,
    items.type,
    items.team,
    items.priority,
    items.labels,
    items.parent_id,
    items.points,
    items.is_start_unknown,
    items.created_at,
    outcomes.started_first_at,
    outcomes.started_last_at,
    outcomes.finished_at,
    outcomes.cancelled_at,
    sums.worked_by_first_start,
    sums.worked_by_last_start,
    macros.local_day(items.created_at, streams.time_zone) as created_on,
    macros.local_day(outcomes.started_first_at, streams.time_zone) as started_first_on,
    macros.local_day(outcomes.started_last_at, streams.time_zone) as started_last_on,
    macros.local_day(outcomes.finished_at, streams.time_zone) as finished_on,
    macros.local_day(outcomes.cancelled_at, streams.time_zone) as cancelled_on,
    macros.local_day(coalesce(outcomes.finished_at, outcomes.cancelled_at), streams.time_zone) as ended_on,
    places.stage,
    last_visits.entered_at as stage_entered_at,
    coalesce(sums.lead_seconds, 0) as lead_seconds,
    coalesce(sums.lead_working_seconds, 0) as lead_working_seconds,
    case
        when outcomes.started_first_at is not null and not items.is_start_unknown
            then coalesce(sums.cycle_first_seconds, 0)
    end as cycle_first_seconds,
    case
        when outcomes.started_first_at is not null and not items.is_start_unknown
            then coalesce(sums.cycle_first_working_seconds, 0)
    end as cycle_first_working_seconds,
    case
        when outcomes.started_last_at is not null and not items.is_start_unknown
            then coalesce(sums.cycle_last_seconds, 0)
    end as cycle_last_seconds,
    case
        when outcomes.started_last_at is not null and not items.is_start_unknown
            then coalesce(sums.cycle_last_working_seconds, 0)
    end as cycle_last_working_seconds,
    coalesce(sums.process_seconds, 0) as process_seconds,
    coalesce(sums.process_working_seconds, 0) as process_working_seconds,
    coalesce(sums.value_added_seconds, 0) as value_added_seconds,
    coalesce(sums.value_added_working_seconds, 0) as value_added_working_seconds,
    coalesce(sums.rework_seconds, 0) as rework_seconds,
    coalesce(sums.rework_working_seconds, 0) as rework_working_seconds,
    coalesce(sums.blocked_seconds, 0) as blocked_seconds,
    coalesce(sums.blocked_working_seconds, 0) as blocked_working_seconds,
    case when sums.owners_count > 0 then sums.handoffs_count end as handoffs_count,
    coalesce(sums.visits_count, 0) as visits_count,
    coalesce(sums.rework_visits_count, 0) as rework_visits_count,
    outcomes.done_runs - case when outcomes.finished_at is not null and outcomes.done_runs > 0 then 1 else 0 end
        as reopened_count,
    epoch(items.last_event_at) - epoch(items.first_event_at) as history_seconds
from staging.items
join staging.item_order
    on items.item_no = item_order.item_no
join staging.streams
    on items.stream = streams.stream
left join staging.outcomes
    on items.item_no = outcomes.item_no
left join sums
    on items.item_no = sums.item_no
left join staging.visits as last_visits
    on sums.item_no = last_visits.item_no
    and sums.last_visit_no = last_visits.visit_no
left join staging.places
    on last_visits.place_no = places.place_no
order by item_order.order_no
