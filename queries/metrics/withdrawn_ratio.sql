/*
title = "Withdrawn ratio"
unit = "ratio"
better = "lower"
definition = "Share of the items leaving progress that were cancelled after they had been started."
formula = "items cancelled after start ÷ (items finished + items cancelled after start) in the period"
source = "Poppendieck, Lean Software Development, 2003 (partially done work)"
grain = "one row per period; value is null where no item left progress"
behind = "event=departed"
*/
select
    periods.period_start,
    count(items.item_id) filter (where items.cancelled_at is not null) / nullif(count(items.item_id), 0) as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and items.started_first_at is not null
    and items.ended_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
