/*
title = "Places"
grain = "one row per stream and state in which an item can be"
[columns]
place_no = "1, 2, …: what the tables behind this one join by"
stream = "value stream"
state = "state as the source names it, or as it is called here where the source names none"
stage = "stage that collects it; (unmapped) where none does"
position = "the stage's order in the reference path; null for the unmapped"
category = "the stage's category; null for the unmapped"
mode = "the stage's mode"
activity = "the stage's activity"
waste = "the stage's declared waste"
team = "team that owns the stage"
time_zone = "zone of the stream's day boundaries"
last_event_at = "UTC instant of the stream's last event"
last_event_on = "its day"
worked_by_last = "working seconds of the calendar until then"
*/
with named as (

    select
        transitions.stream,
        transitions.to_state as state
    from canonical.transitions
    union
    select
        transitions.stream,
        transitions.from_state as state
    from canonical.transitions
    where transitions.from_state is not null
    union
    select
        items.stream,
        items.status as state
    from staging.items
    where items.status is not null
    union
    select
        streams.stream,
        unnest(['(unknown)', 'Not started', 'In progress', 'Finished', 'Withdrawn']) as state
    from staging.streams

),

placed as (

    select
        named.stream,
        named.state,
        coalesce(states.stage, '(unmapped)') as stage
    from named
    left join canonical.states
        on named.stream = states.stream
        and named.state = states.state

)

select
    cast(row_number() over (order by placed.stream, placed.state) as integer) as place_no,
    placed.stream,
    placed.state,
    placed.stage,
    stages.position,
    stages.category,
    stages.mode,
    stages.activity,
    stages.waste,
    stages.team,
    streams.time_zone,
    streams.last_event_at,
    calendar.day as last_event_on,
    macros.worked_by(
        streams.last_event_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before
    ) as worked_by_last
from placed
join staging.stages
    on placed.stream = stages.stream
    and placed.stage = stages.stage
join staging.streams
    on placed.stream = streams.stream
join staging.calendar
    on placed.stream = calendar.stream
    and macros.local_day(streams.last_event_at, streams.time_zone) = calendar.day
