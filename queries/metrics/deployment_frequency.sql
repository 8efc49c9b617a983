/*
title = "Deployment frequency"
unit = "per week"
better = "higher"
definition = "Successful production deployments per week."
formula = "distinct successful deployments ÷ (days of the period ÷ 7)"
source = "DORA, the five software delivery performance metrics, 2024"
grain = "one row per period; 0 where nothing was deployed, null where no source tells deployments"
sight = "whole stream"
*/
select
    periods.period_start,
    case
        when bool_or(streams.has_deployments) then
            count(distinct deployments.deployment_id) filter (where deployments.is_success)
            / (date_diff('day', periods.period_start, periods.period_end) / 7)
    end as value,
    count(distinct deployments.deployment_id) filter (where deployments.is_success) as items
from macros.period_days($stream, $since, $until, $period) as periods
join marts.streams
    on streams.stream = $stream
left join marts.deployments
    on deployments.stream = $stream
    and deployments.deployed_on = periods.day
    and ($services is null or list_contains($services, deployments.service))
group by
    periods.period_start,
    periods.period_end
order by periods.period_start
