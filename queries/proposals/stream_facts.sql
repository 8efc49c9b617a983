/*
title = "Facts about streams"
grain = "one row per stream with any row"
[columns]
stream = "value stream"
first_event_at = "UTC instant of the first event"
last_event_at = "UTC instant of the last event"
quiet_seconds = "99 % of the gaps between two events of one item were shorter; null without a gap"
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

),

meanings as (

    select
        imports.stream,
        arg_max(imports.event_is, imports.import_id) filter (where imports.event_is is not null) as event_is
    from canonical.imports
    group by imports.stream

),

gaps as (

    select
        transitions.stream,
        epoch(transitions.occurred_at) - epoch(lag(transitions.occurred_at) over item_history) as seconds,
        row_number() over item_history as event_no
    from canonical.transitions
    window item_history as (
        partition by transitions.stream, transitions.item_id order by transitions.occurred_at, transitions.seq
    )

),

usual_gaps as (

    select
        gaps.stream,
        quantile_disc(gaps.seconds, 0.99) as quiet_seconds
    from gaps
    left join meanings
        on gaps.stream = meanings.stream
    -- In a log of completions the entry into the first activity is ours, not an event.
    where gaps.event_no > case when meanings.event_is = 'ended' then 2 else 1 end
    group by gaps.stream

)

select
    events.stream,
    min(events.event_at) as first_event_at,
    max(events.event_at) as last_event_at,
    max(usual_gaps.quiet_seconds) as quiet_seconds
from events
left join usual_gaps
    on events.stream = usual_gaps.stream
where events.event_at is not null
group by events.stream
order by events.stream
