/*
title = "Items in progress"
grain = "one row per period of a scope and item in progress at its end, with its age then in days"
*/
create or replace macro macros.items_present(
    chosen_stream, first_day, end_day, period, chosen_teams, chosen_types, clock, start_rule
) as table
    -- Materialised: else the planner multiplies all items by all days of the calendar.
    with ends as materialized (

        select
            periods.period_start,
            periods.period_end,
            periods.ends_at,
            macros.worked_by(periods.ends_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before) as worked_by_end
        from macros.periods(chosen_stream, first_day, end_day, period) as periods
        join marts.streams
            on streams.stream = chosen_stream
        join marts.calendar
            on calendar.stream = chosen_stream
            and calendar.day = macros.local_day(periods.ends_at, streams.time_zone)

    )

    select
        ends.period_start,
        ends.period_end,
        ends.ends_at,
        items.item_no,
        items.item_id,
        items.title,
        items.type,
        case
            when items.is_start_unknown then null
            when clock = 'working'
                then
                    ends.worked_by_end
                    - case when start_rule = 'last' then items.worked_by_last_start else items.worked_by_first_start end
            else
                epoch(ends.ends_at)
                - epoch(case when start_rule = 'last' then items.started_last_at else items.started_first_at end)
        end / 86400 as age_days
    from ends
    join marts.items
        on items.stream = chosen_stream
        and case when start_rule = 'last' then items.started_last_on else items.started_first_on end < ends.period_end
        and coalesce(items.ended_on >= ends.period_end, true)
        and (chosen_teams is null or list_contains(chosen_teams, items.team))
        and (chosen_types is null or list_contains(chosen_types, items.type));
