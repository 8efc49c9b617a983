/*
title = "Work item age"
unit = "days"
better = "lower"
definition = "How long the items in progress have been so, as of the end of the period. An item whose start no source tells has no age."
formula = "percentile or mean of (t − start) over the items in progress at t, t the end of the period or the stream's last event"
source = "The Kanban Guide, 2020"
grain = "one row per period; value is null where nothing was in progress"
behind = "event=in+progress"
*/
with present as (

    select
        periods.period_start,
        items.item_id,
        case
            when $clock = 'working'
                then
                    macros.worked_by(
                        periods.ends_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before
                    )
                    - case
                        when $start_rule = 'last' then items.worked_by_last_start
                        else items.worked_by_first_start
                    end
            else
                epoch(periods.ends_at)
                - epoch(case when $start_rule = 'last' then items.started_last_at else items.started_first_at end)
        end / 86400 as days
    from macros.periods($stream, $since, $until, $period) as periods
    join marts.streams
        on streams.stream = $stream
    join marts.calendar
        on calendar.stream = $stream
        and calendar.day = macros.local_day(periods.ends_at, streams.time_zone)
    join marts.items
        on items.stream = $stream
        and case when $start_rule = 'last' then items.started_last_on else items.started_first_on end
        < periods.period_end
        and coalesce(items.ended_on >= periods.period_end, true)
        and not items.is_start_unknown
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

)

select
    periods.period_start,
    case
        when $percentile is null then avg(present.days)
        else quantile_cont(present.days, coalesce($percentile, 0.5))
    end as value,
    count(present.item_id) as items
from macros.periods($stream, $since, $until, $period) as periods
left join present
    on periods.period_start = present.period_start
group by periods.period_start
order by periods.period_start
