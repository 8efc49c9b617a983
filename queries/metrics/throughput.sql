/*
title = "Throughput"
unit = "items"
better = "higher"
definition = "Items finished in the period."
formula = "count of items whose final entry into done lies in the period"
source = "The Kanban Guide, 2020"
grain = "one row per period; 0 where no item finished"
behind = "event=finished"
*/
select
    periods.period_start,
    count(items.item_id) as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and items.finished_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
