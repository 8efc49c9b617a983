/*
title = "Arrivals"
unit = "items"
better = "neither"
definition = "Items that were started in the period."
formula = "count of items whose first or last start lies in the period"
source = "The Kanban Guide, 2020"
grain = "one row per period; 0 where no item was started"
behind = "event=started"
*/
select
    periods.period_start,
    count(items.item_id) as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and case when $start_rule = 'last' then items.started_last_on else items.started_first_on end = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
