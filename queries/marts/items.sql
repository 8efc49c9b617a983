/*
title = "Work items"
grain = "one row per work item, sorted by month of the end and team; sums run from creation to the end, or to the stream's last event"
[columns]
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
with sums as (

    select
        visits.stream,
        visits.item_id,
        sum(visits.seconds) as lead_seconds,
        sum(visits.working_seconds) as lead_working_seconds,
        coalesce(
            sum(visits.seconds - visits.blocked_seconds)
            filter (where visits.mode = 'active'), 0
        ) as process_seconds,
        coalesce(
            sum(visits.working_seconds - visits.blocked_working_seconds)
            filter (where visits.mode = 'active'), 0
        ) as process_working_seconds,
        coalesce(
            sum(visits.seconds - visits.blocked_seconds)
            filter (where visits.mode = 'active' and visits.activity = 'VA' and not visits.is_rework), 0)
            as value_added_seconds,
        coalesce(
            sum(visits.working_seconds - visits.blocked_working_seconds)
            filter (where visits.mode = 'active' and visits.activity = 'VA' and not visits.is_rework), 0)
            as value_added_working_seconds,
        coalesce(sum(visits.seconds) filter (where visits.is_rework), 0) as rework_seconds,
        coalesce(sum(visits.working_seconds) filter (where visits.is_rework), 0) as rework_working_seconds,
        sum(visits.blocked_seconds) as blocked_seconds,
        sum(visits.blocked_working_seconds) as blocked_working_seconds,
        count(*) as visits_count,
        count(*) filter (where visits.is_rework) as rework_visits_count
    from marts.visits
    where visits.is_in_flow
    group by
        visits.stream,
        visits.item_id

),

crossings as (

    -- The end visit counts too: a hand-off into it is one.
    select
        visits.stream,
        visits.item_id,
        count(*) filter (where visits.is_handoff) as handoffs_count,
        count(visits.owner) as owners_count,
        arg_max(visits.stage, visits.visit_no) as stage,
        arg_max(visits.entered_at, visits.visit_no) as stage_entered_at
    from marts.visits
    group by
        visits.stream,
        visits.item_id

),

starts as (

    -- Working seconds between a start and the end are those of the visits from the start on.
    select
        visits.stream,
        visits.item_id,
        sum(visits.seconds) filter (where visits.entered_at >= outcomes.started_first_at) as cycle_first_seconds,
        sum(visits.working_seconds)
        filter (where visits.entered_at >= outcomes.started_first_at) as cycle_first_working_seconds,
        sum(visits.seconds) filter (where visits.entered_at >= outcomes.started_last_at) as cycle_last_seconds,
        sum(visits.working_seconds)
        filter (where visits.entered_at >= outcomes.started_last_at) as cycle_last_working_seconds
    from marts.visits
    join staging.outcomes
        on visits.stream = outcomes.stream
        and visits.item_id = outcomes.item_id
    where visits.is_in_flow
    group by
        visits.stream,
        visits.item_id

),

start_clocks as (

    select
        visits.stream,
        visits.item_id,
        min(visits.worked_by_entry)
        filter (where visits.entered_at >= outcomes.started_first_at) as worked_by_first_start,
        min(visits.worked_by_entry)
        filter (where visits.entered_at >= outcomes.started_last_at) as worked_by_last_start
    from staging.visits
    join staging.outcomes
        on visits.stream = outcomes.stream
        and visits.item_id = outcomes.item_id
    group by
        visits.stream,
        visits.item_id

)

select
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
    start_clocks.worked_by_first_start,
    start_clocks.worked_by_last_start,
    macros.local_day(items.created_at, streams.time_zone) as created_on,
    macros.local_day(outcomes.started_first_at, streams.time_zone) as started_first_on,
    macros.local_day(outcomes.started_last_at, streams.time_zone) as started_last_on,
    macros.local_day(outcomes.finished_at, streams.time_zone) as finished_on,
    macros.local_day(outcomes.cancelled_at, streams.time_zone) as cancelled_on,
    macros.local_day(coalesce(outcomes.finished_at, outcomes.cancelled_at), streams.time_zone) as ended_on,
    crossings.stage,
    crossings.stage_entered_at,
    coalesce(sums.lead_seconds, 0) as lead_seconds,
    coalesce(sums.lead_working_seconds, 0) as lead_working_seconds,
    case
        when outcomes.started_first_at is not null and not items.is_start_unknown
            then coalesce(starts.cycle_first_seconds, 0)
    end as cycle_first_seconds,
    case
        when outcomes.started_first_at is not null and not items.is_start_unknown
            then coalesce(starts.cycle_first_working_seconds, 0)
    end as cycle_first_working_seconds,
    case
        when outcomes.started_last_at is not null and not items.is_start_unknown
            then coalesce(starts.cycle_last_seconds, 0)
    end as cycle_last_seconds,
    case
        when outcomes.started_last_at is not null and not items.is_start_unknown
            then coalesce(starts.cycle_last_working_seconds, 0)
    end as cycle_last_working_seconds,
    coalesce(sums.process_seconds, 0) as process_seconds,
    coalesce(sums.process_working_seconds, 0) as process_working_seconds,
    coalesce(sums.value_added_seconds, 0) as value_added_seconds,
    coalesce(sums.value_added_working_seconds, 0) as value_added_working_seconds,
    coalesce(sums.rework_seconds, 0) as rework_seconds,
    coalesce(sums.rework_working_seconds, 0) as rework_working_seconds,
    coalesce(sums.blocked_seconds, 0) as blocked_seconds,
    coalesce(sums.blocked_working_seconds, 0) as blocked_working_seconds,
    case when crossings.owners_count > 0 then crossings.handoffs_count end as handoffs_count,
    coalesce(sums.visits_count, 0) as visits_count,
    coalesce(sums.rework_visits_count, 0) as rework_visits_count,
    outcomes.done_runs - case when outcomes.finished_at is not null and outcomes.done_runs > 0 then 1 else 0 end
        as reopened_count,
    epoch(items.last_event_at) - epoch(items.first_event_at) as history_seconds
from staging.items
join staging.streams
    on items.stream = streams.stream
left join staging.outcomes
    on items.stream = outcomes.stream
    and items.item_id = outcomes.item_id
left join sums
    on items.stream = sums.stream
    and items.item_id = sums.item_id
left join crossings
    on items.stream = crossings.stream
    and items.item_id = crossings.item_id
left join starts
    on items.stream = starts.stream
    and items.item_id = starts.item_id
left join start_clocks
    on items.stream = start_clocks.stream
    and items.item_id = start_clocks.item_id
order by
    items.stream,
    date_trunc('month', coalesce(outcomes.finished_at, outcomes.cancelled_at)),
    items.team,
    items.item_id
