/*
title = "Items of a scope as they were"
grain = "one row per item, columns as macros.items_in_scope: stage, outcome, lead and cycle time as of the end of the day before end_day"
*/
create or replace macro macros.items_as_of(
    chosen_stream, chosen_teams, chosen_types, clock, start_rule, end_day
) as table
    with moments as (

        select
            least(
                timezone('UTC', timezone(streams.time_zone, cast(cast(end_day as date) as timestamp))),
                streams.last_event_at
            ) as ends_at,
            streams.time_zone
        from marts.streams
        where streams.stream = chosen_stream

    ),

    clocked as materialized (

        select
            moments.ends_at,
            macros.worked_by(
                moments.ends_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before
            ) as worked_by_end
        from moments
        join marts.calendar
            on calendar.stream = chosen_stream
            and calendar.day = macros.local_day(moments.ends_at, moments.time_zone)

    ),

    known as (

        select
            items.*,
            coalesce(items.ended_on >= end_day, true) as is_open,
            coalesce(items.started_on < end_day, false) as is_started,
            clocked.ends_at,
            clocked.worked_by_end,
            macros.worked_by(
                items.created_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before
            ) as worked_by_creation,
            placed.visit['stage'] as stage_then
        from macros.items_in_scope(chosen_stream, chosen_teams, chosen_types, clock, start_rule) as items
        cross join clocked
        left join marts.calendar
            on calendar.stream = chosen_stream
            and calendar.day = items.created_on
        left join macros.visits_then(chosen_stream, chosen_teams, chosen_types, end_day) as placed
            on items.item_no = placed.item_no

    )

    select
        known.item_id,
        known.title,
        known.type,
        known.team,
        known.priority,
        known.labels,
        case when known.is_open then known.stage_then else known.stage end as stage,
        case
            when not known.is_open then known.outcome
            when known.is_started then 'in progress'
            else 'not started'
        end as outcome,
        known.is_open,
        known.created_on,
        known.started_on,
        known.arrived_on,
        known.finished_on,
        known.cancelled_on,
        known.ended_on,
        case
            when not known.is_open then known.lead_days
            when clock = 'working' then (known.worked_by_end - known.worked_by_creation) / 86400
            else (epoch(known.ends_at) - epoch(known.created_at)) / 86400
        end as lead_days,
        case
            when not known.is_open then known.cycle_days
            when not known.is_started then null
            when clock = 'working' then (known.worked_by_end - known.worked_by_start) / 86400
            else (epoch(known.ends_at) - epoch(known.started_at)) / 86400
        end as cycle_days,
        known.process_days,
        known.blocked_days,
        known.rework_days,
        known.rework_visits_count,
        known.handoffs_count
    from known;
