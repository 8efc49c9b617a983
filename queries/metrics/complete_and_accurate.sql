/*
title = "Complete and accurate"
unit = "ratio"
better = "higher"
definition = "Share of the hand-overs between steps after which the work did not come back."
formula = "1 − (first forward crossings out of an active stage after which the item came back to it or before) ÷ (such crossings), over items finished in the period"
source = "Martin & Osterling, Value Stream Mapping, 2013 (%C&A)"
grain = "one row per period; value is null where nothing crossed; items counts the crossings"
*/
select
    periods.period_start,
    1 - count(crossings.item_id) filter (where crossings.is_returned) / nullif(count(crossings.item_id), 0) as value,
    count(crossings.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.crossings
    on crossings.stream = $stream
    and crossings.finished_on = periods.day
    and ($teams is null or list_contains($teams, crossings.team))
    and ($types is null or list_contains($types, crossings.type))
group by periods.period_start
order by periods.period_start
