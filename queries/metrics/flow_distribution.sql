/*
title = "Flow distribution"
unit = "ratio"
better = "neither"
definition = "Share of the finished items that are of the chosen types, their type as of finish."
formula = "items of the chosen types ÷ all items finished in the period"
source = "Kersten, Project to Product, 2018"
grain = "one row per period; value is null where no item finished"
*/
select
    periods.period_start,
    count(items.item_id) filter (where $types is null or list_contains($types, items.type))
    / nullif(count(items.item_id), 0) as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and items.finished_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
group by periods.period_start
order by periods.period_start
