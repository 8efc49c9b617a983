/*
title = "Facts about streams"
grain = "one row per stream with any row"
[columns]
stream = "value stream"
first_event_at = "UTC instant of the first event"
last_event_at = "UTC instant of the last event"
*/
with events as (

    select
        transitions.stream,
        transitions.occurred_at as event_at
    from canonical.transitions
    union all
    select
        items.stream,
        unnest([
            items.created_at, items.last_seen_at, items.started_at, items.finished_at, items.cancelled_at
        ]) as event_at
    from canonical.items
    union all
    select
        blocked.stream,
        unnest([blocked.blocked_at, blocked.unblocked_at]) as event_at
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
        unnest([changes.authored_at, changes.merged_at]) as event_at
    from canonical.changes
    union all
    select
        surveys.stream,
        cast(surveys.survey_on as timestamp) as event_at
    from canonical.surveys

)

select
    events.stream,
    min(events.event_at) as first_event_at,
    max(events.event_at) as last_event_at
from events
where events.event_at is not null
group by events.stream
order by events.stream
