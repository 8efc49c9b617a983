/*
title = "Rework ratio"
unit = "ratio"
better = "lower"
definition = "Time of visits to stages already passed, against process time. Above 1 where returned work queues for long."
formula = "Σ time of rework visits ÷ Σ process time over items finished in the period"
source = "Reinertsen, The Principles of Product Development Flow, 2009"
grain = "one row per period; value is null where no item finished"
behind = "event=finished"
*/
select
    periods.period_start,
    sum(case when $clock = 'working' then items.rework_working_seconds else items.rework_seconds end)
    / nullif(sum(case when $clock = 'working' then items.process_working_seconds else items.process_seconds end), 0) as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and items.finished_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
