/*
title = "Work item age"
unit = "days"
better = "lower"
definition = "How long the items in progress have been so, as of the end of the period. An item whose start no source tells has no age."
formula = "percentile or mean of (t − start) over the items in progress at t, t the end of the period or the stream's last event"
source = "The Kanban Guide, 2020"
grain = "one row per period; value is null where nothing was in progress"
behind = "event=in+progress"
*/
select
    periods.period_start,
    case
        when $percentile is null then avg(present.age_days)
        else quantile_cont(present.age_days, coalesce($percentile, 0.5))
    end as value,
    count(present.age_days) as items
from macros.periods($stream, $since, $until, $period) as periods
left join macros.items_present($stream, $since, $until, $period, $teams, $types, $clock, $start_rule) as present
    on periods.period_start = present.period_start
group by periods.period_start
order by periods.period_start
