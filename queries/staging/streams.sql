/*
title = "Spans of the streams"
grain = "one row per value stream with any event"
[columns]
stream = "value stream"
time_zone = "zone of its day boundaries"
quiet_seconds = "an item in a last state counts as finished after this long without an event"
failure_window_days = "an incident of no told cause is that of the last deployment of its service within so many days"
first_event_at = "UTC instant of the first event"
last_event_at = "UTC instant of the last event: the stream's 'now'"
*/
with events as (

    select
        items.stream,
        items.created_at as event_at
    from staging.items
    union all
    select
        items.stream,
        items.last_event_at as event_at
    from staging.items
    union all
    select
        blocked.stream,
        coalesce(blocked.unblocked_at, blocked.blocked_at) as event_at
    from canonical.blocked
    union all
    select
        deployments.stream,
        deployments.deployed_at as event_at
    from canonical.deployments
    union all
    select
        incidents.stream,
        unnest([incidents.started_at, incidents.restored_at]) as event_at
    from canonical.incidents
    union all
    select
        changes.stream,
        coalesce(changes.merged_at, changes.authored_at) as event_at
    from canonical.changes
    union all
    select
        surveys.stream,
        cast(surveys.survey_on as timestamp) as event_at
    from canonical.surveys

),

spans as (

    select
        events.stream,
        min(events.event_at) as first_event_at,
        max(events.event_at) as last_event_at
    from events
    group by events.stream

)

select
    streams.stream,
    streams.time_zone,
    streams.quiet_seconds,
    streams.failure_window_days,
    spans.first_event_at,
    -- A stream that rules choose from another one is told of as long as that.
    greatest(spans.last_event_at, sources.last_event_at) as last_event_at
from canonical.streams
join spans
    on streams.stream = spans.stream
left join spans as sources
    on streams.chosen_from = sources.stream
