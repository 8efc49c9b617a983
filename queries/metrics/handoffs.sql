/*
title = "Hand-offs"
unit = "per item"
better = "lower"
definition = "How often the owning team changes on an item's way."
formula = "mean changes of owning team between consecutive visits, over items finished in the period whose owners are known"
source = "Poppendieck, Lean Software Development, 2003"
grain = "one row per period; value is null where no item with a known owner finished"
behind = "event=finished"
*/
select
    periods.period_start,
    avg(items.handoffs_count) as value,
    count(items.handoffs_count) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and items.finished_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
