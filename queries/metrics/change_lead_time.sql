/*
title = "Change lead time"
unit = "days"
better = "lower"
definition = "How long a change takes from being authored to the first successful production deployment that contains it."
formula = "percentile or mean of (deployed − authored) over changes deployed in the period, programs' changes left out"
source = "DORA, the five software delivery performance metrics, 2024"
grain = "one row per period; value is null where no change was deployed"
sight = "whole stream"
*/
select
    periods.period_start,
    case
        when $percentile is null then avg(changes.lead_seconds / 86400)
        else quantile_cont(changes.lead_seconds / 86400, coalesce($percentile, 0.5))
    end as value,
    count(changes.lead_seconds) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.changes
    on changes.stream = $stream
    and changes.deployed_on = periods.day
    and ($services is null or list_contains($services, changes.service))
group by periods.period_start
order by periods.period_start
