/*
title = "Items of a scope"
grain = "one row per item of the stream, of the chosen teams and types, whenever it was; its clocks as the viewer chose them"
*/
create or replace macro macros.items_in_scope(chosen_stream, chosen_teams, chosen_types, clock, start_rule) as table
    select
        items.item_no,
        items.item_id,
        items.title,
        items.type,
        items.team,
        items.priority,
        items.labels,
        items.points,
        items.stage,
        case
            when items.finished_at is not null then 'finished'
            when items.cancelled_at is not null then 'cancelled'
            when items.started_first_at is not null then 'in progress'
            else 'not started'
        end as outcome,
        items.created_at,
        case when start_rule = 'last' then items.started_last_at else items.started_first_at end as started_at,
        case
            when start_rule = 'last' then items.worked_by_last_start
            else items.worked_by_first_start
        end as worked_by_start,
        items.created_on,
        case
            -- Without a start the end stands for it in the marts; it is none to show.
            when items.is_start_unknown then null
            when start_rule = 'last' then items.started_last_on
            else items.started_first_on
        end as started_on,
        case when start_rule = 'last' then items.started_last_on else items.started_first_on end as arrived_on,
        items.finished_on,
        items.cancelled_on,
        items.ended_on,
        case when clock = 'working' then items.lead_working_seconds else items.lead_seconds end / 86400 as lead_days,
        case
            when clock = 'working' and start_rule = 'last' then items.cycle_last_working_seconds
            when clock = 'working' then items.cycle_first_working_seconds
            when start_rule = 'last' then items.cycle_last_seconds
            else items.cycle_first_seconds
        end / 86400 as cycle_days,
        case when clock = 'working' then items.process_working_seconds else items.process_seconds end / 86400
            as process_days,
        case when clock = 'working' then items.blocked_working_seconds else items.blocked_seconds end / 86400
            as blocked_days,
        case when clock = 'working' then items.rework_working_seconds else items.rework_seconds end / 86400
            as rework_days,
        items.rework_visits_count,
        items.handoffs_count,
        items.reopened_count,
        items.history_seconds / 86400 as history_days,
        items.stage_entered_at
    from marts.items
    where
        items.stream = chosen_stream
        and (chosen_teams is null or list_contains(chosen_teams, items.team))
        and (chosen_types is null or list_contains(chosen_types, items.type));
