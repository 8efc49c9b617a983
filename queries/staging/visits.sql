/*
title = "Visits"
grain = "one row per stay of a work item in a stage; consecutive states of one stage are one stay"
[columns]
stream = "value stream"
item_id = "key of the work item"
visit_no = "1 = first visit of the item"
stage = "stage visited"
position = "its order in the reference path"
category = "its category"
mode = "its mode"
activity = "its activity"
waste = "its declared waste"
owner = "owning team: the stage's, else the event's, else the person"
person = "pseudonym of whoever works on it; null if not known"
entered_at = "UTC instant of the entry"
left_at = "UTC instant of the next visit's entry; null while the item is still there"
until_at = "left_at, or the stream's last event"
worked_by_entry = "working seconds of the calendar until the entry"
worked_by_end = "working seconds of the calendar until until_at"
*/
with placed as (

    select
        entries.stream,
        entries.item_id,
        entries.entry_no,
        entries.state,
        coalesce(states.stage, '(unmapped)') as stage,
        entries.entered_at,
        entries.team,
        entries.person,
        lag(entries.state) over item_history as previous_state,
        lag(coalesce(states.stage, '(unmapped)')) over item_history as previous_stage
    from staging.entries
    left join canonical.states
        on entries.stream = states.stream
        and entries.state = states.state
    window item_history as (partition by entries.stream, entries.item_id order by entries.entry_no)

),

kept as (

    select
        placed.stream,
        placed.item_id,
        placed.stage,
        placed.entered_at,
        placed.team,
        placed.person,
        cast(row_number() over item_history as integer) as visit_no,
        lead(placed.entered_at) over item_history as left_at
    from placed
    where
        placed.previous_stage is null
        or placed.stage <> placed.previous_stage
        or placed.state = placed.previous_state
    window item_history as (partition by placed.stream, placed.item_id order by placed.entry_no)

),

bounded as (

    select
        kept.stream,
        kept.item_id,
        kept.visit_no,
        kept.stage,
        kept.entered_at,
        kept.left_at,
        coalesce(kept.left_at, streams.last_event_at) as until_at,
        coalesce(stages.team, kept.team, kept.person) as owner,
        kept.person,
        stages.position,
        stages.category,
        stages.mode,
        stages.activity,
        stages.waste,
        macros.local_day(kept.entered_at, streams.time_zone) as entered_on,
        macros.local_day(coalesce(kept.left_at, streams.last_event_at), streams.time_zone) as until_on
    from kept
    join staging.streams
        on kept.stream = streams.stream
    join staging.stages
        on kept.stream = stages.stream
        and kept.stage = stages.stage

)

select
    bounded.stream,
    bounded.item_id,
    bounded.visit_no,
    bounded.stage,
    bounded.position,
    bounded.category,
    bounded.mode,
    bounded.activity,
    bounded.waste,
    bounded.owner,
    bounded.person,
    bounded.entered_at,
    bounded.left_at,
    bounded.until_at,
    macros.worked_by(
        bounded.entered_at, entry_days.opens_at, entry_days.closes_at, entry_days.seconds_before
    ) as worked_by_entry,
    macros.worked_by(
        bounded.until_at, end_days.opens_at, end_days.closes_at, end_days.seconds_before
    ) as worked_by_end
from bounded
join staging.calendar as entry_days
    on bounded.stream = entry_days.stream
    and bounded.entered_on = entry_days.day
join staging.calendar as end_days
    on bounded.stream = end_days.stream
    and bounded.until_on = end_days.day
