/*
title = "Value streams"
grain = "one row per value stream"
[columns]
stream = "value stream"
name = "what people call it"
kind = "product, platform or support"
customer = "who receives"
supplier = "who asks"
tools = "tools that carry the information"
time_zone = "zone of its day boundaries"
quiet_seconds = "an item in a last state counts as finished after this long without an event; null where the end is explicit"
service_level_days = "agreed days from start to finish"
failure_window_days = "an incident of no told cause is that of the last deployment of its service within so many days"
cost_of_delay_per_day = "money per item and day"
currency = "of the cost of delay"
is_regulated = "true where some of its steps are demanded by law or a standard"
chosen_from = "stream whose items it shares, as rules chose them; null where its items are its own"
is_proposal = "true while nobody has confirmed the definition"
items_count = "work items"
first_event_at = "UTC instant of the first event"
last_event_at = "UTC instant of the last event: the stream's 'now'"
first_event_on = "its day"
last_event_on = "its day"
has_wait_stage = "true where finished items stood in a stage marked as waiting: flow efficiency can be told"
has_history = "true where a source tells when items entered a state, or at least when they started"
has_start_times = "true unless no source tells when any item started"
has_blocked_times = "true where a source tells blocked times: without any, blocked time is unknown, not 0"
has_deployments = "true where a source tells deployments"
has_incidents = "true where a source tells incidents"
last_import = "number of the newest import that touched it"
*/
with counts as (

    select
        items.stream,
        count(*) as items_count
    from staging.items
    group by items.stream

),

waits as (

    select
        visits.stream,
        bool_or(visits.mode = 'wait' and visits.category in ('backlog', 'in-progress')) as has_wait_stage
    from marts.visits
    where visits.is_in_flow and visits.finished_on is not null
    group by visits.stream

),

told as (

    select
        items.stream,
        bool_or(items.first_event_at is not null or items.started_at is not null) as has_history,
        bool_and(not items.is_start_unknown) or bool_or(
            outcomes.started_first_at is not null and not items.is_start_unknown
        ) as has_start_times
    from staging.items
    left join staging.outcomes
        on items.stream = outcomes.stream
        and items.item_id = outcomes.item_id
    group by items.stream

),

touched as (

    select
        imports.stream,
        max(imports.import_id) as last_import
    from canonical.imports
    group by imports.stream

)

select
    streams.stream,
    streams.name,
    streams.kind,
    streams.customer,
    streams.supplier,
    streams.tools,
    streams.time_zone,
    streams.quiet_seconds,
    streams.service_level_days,
    streams.failure_window_days,
    streams.cost_of_delay_per_day,
    streams.currency,
    streams.is_regulated,
    streams.chosen_from,
    streams.is_proposal,
    coalesce(counts.items_count, 0) as items_count,
    spans.first_event_at,
    spans.last_event_at,
    macros.local_day(spans.first_event_at, streams.time_zone) as first_event_on,
    macros.local_day(spans.last_event_at, streams.time_zone) as last_event_on,
    coalesce(waits.has_wait_stage, false) as has_wait_stage,
    coalesce(told.has_history, false) as has_history,
    coalesce(told.has_start_times, true) as has_start_times,
    blocked.stream is not null as has_blocked_times,
    deployments.stream is not null as has_deployments,
    incidents.stream is not null as has_incidents,
    touched.last_import
from canonical.streams
join staging.streams as spans
    on streams.stream = spans.stream
left join counts
    on streams.stream = counts.stream
left join waits
    on streams.stream = waits.stream
left join told
    on streams.stream = told.stream
left join (select distinct blocked.stream from canonical.blocked) as blocked
    on streams.stream = blocked.stream
left join (select distinct deployments.stream from canonical.deployments) as deployments
    on streams.stream = deployments.stream
left join (select distinct incidents.stream from canonical.incidents) as incidents
    on streams.stream = incidents.stream
left join touched
    on streams.stream = touched.stream
