/*
title = "Change fail rate"
unit = "ratio"
better = "lower"
definition = "Share of the production deployments that an incident is attributed to."
formula = "distinct deployments with an attributed incident ÷ deployments in the period"
source = "DORA, the five software delivery performance metrics, 2024"
grain = "one row per period; value is null where nothing was deployed, or no source tells incidents; items counts the deployments"
sight = "whole stream"
*/
select
    periods.period_start,
    case
        when bool_or(streams.has_incidents) then
            count(*) filter (where deployments.incidents_count > 0) / nullif(count(deployments.deployment_id), 0)
    end as value,
    count(deployments.deployment_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
join marts.streams
    on streams.stream = $stream
left join macros.deployments_judged($stream, $services, $corrected_incidents, $corrected_deployments) as deployments
    on deployments.deployed_on = periods.day
group by periods.period_start
order by periods.period_start
