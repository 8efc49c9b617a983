/*
title = "First-pass yield"
unit = "ratio"
better = "higher"
definition = "Share of finished items that never came back to a stage already passed."
formula = "finished items without a rework visit ÷ items finished in the period"
source = "George, Lean Six Sigma, 2002"
grain = "one row per period; value is null where no item finished"
behind = "event=finished"
*/
select
    periods.period_start,
    count(items.item_id) filter (where items.rework_visits_count = 0) / nullif(count(items.item_id), 0) as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and items.finished_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
