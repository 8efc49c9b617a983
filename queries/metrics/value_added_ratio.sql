/*
title = "Value-added ratio"
unit = "ratio"
better = "higher"
definition = "Share of the lead time in which items were worked on for the first time in value-adding stages (process cycle efficiency)."
formula = "Σ first-pass, unblocked time in VA stages ÷ Σ lead time over items finished in the period"
source = "George, Lean Six Sigma, 2002 (process cycle efficiency)"
grain = "one row per period; value is null where no item finished"
behind = "event=finished"
*/
select
    periods.period_start,
    sum(case when $clock = 'working' then items.value_added_working_seconds else items.value_added_seconds end)
    / nullif(sum(case when $clock = 'working' then items.lead_working_seconds else items.lead_seconds end), 0) as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and items.finished_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
