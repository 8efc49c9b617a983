/*
title = "Deployment rework rate"
unit = "ratio"
better = "lower"
definition = "Share of the production deployments that were unplanned, made to mend an incident."
formula = "unplanned deployments ÷ deployments in the period of which it is known"
source = "DORA, the five software delivery performance metrics, 2024"
grain = "one row per period; value is null where it is known of no deployment; items counts those of which it is"
sight = "whole stream"
*/
select
    periods.period_start,
    count(deployments.deployment_id) filter (where deployments.is_unplanned)
    / nullif(count(deployments.is_unplanned), 0) as value,
    count(deployments.is_unplanned) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.deployments
    on deployments.stream = $stream
    and deployments.deployed_on = periods.day
    and ($services is null or list_contains($services, deployments.service))
group by periods.period_start
order by periods.period_start
