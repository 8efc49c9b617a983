/*
title = "Takt time"
unit = "days"
better = "neither"
definition = "The beat at which items come in: working time available for each arrival."
formula = "working time of the stream's calendar in the period ÷ arrivals in the period"
source = "Martin & Osterling, Value Stream Mapping, 2013"
grain = "one row per period; value is null where no item was started"
behind = "event=started"
*/
with available as (

    select
        periods.period_start,
        sum(calendar.working_seconds) as working_seconds
    from macros.period_days($stream, $since, $until, $period) as periods
    left join marts.calendar
        on calendar.stream = $stream
        and calendar.day = periods.day
    group by periods.period_start

)

select
    periods.period_start,
    any_value(available.working_seconds) / 86400 / nullif(count(items.item_id), 0) as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
join available
    on periods.period_start = available.period_start
left join marts.items
    on items.stream = $stream
    and case when $start_rule = 'last' then items.started_last_on else items.started_first_on end = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
