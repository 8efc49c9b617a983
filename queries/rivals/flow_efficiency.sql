/*
title = "Flow efficiency per week"
question = "metrics.flow_efficiency"
grain = "one row per week with a finished item; SQLite's dialect"
*/
select
    date(items.finished_on, '-6 days', 'weekday 1') as period_start,
    sum(items.process_seconds) / sum(items.lead_seconds) as value
from items
where
    items.finished_on is not null
    and items.finished_on >= :since
    and (:team is null or items.team = :team)
group by period_start
order by period_start
