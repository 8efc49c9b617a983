/*
title = "Change fail rate"
unit = "ratio"
better = "lower"
definition = "Share of the production deployments that an incident is attributed to."
formula = "distinct deployments with an attributed incident ÷ deployments in the period"
source = "DORA, the five software delivery performance metrics, 2024"
grain = "one row per period; value is null where nothing was deployed; items counts the deployments"
*/
with failed as (

    select distinct incidents.deployment_id
    from macros.incidents_explained($stream, $corrected_incidents, $corrected_deployments) as incidents
    where incidents.deployment_id is not null

)

select
    periods.period_start,
    count(distinct failed.deployment_id) / nullif(count(distinct deployments.deployment_id), 0) as value,
    count(distinct deployments.deployment_id) as items
from macros.periods($stream, $since, $until, $period) as periods
left join marts.deployments
    on deployments.stream = $stream
    and deployments.deployed_on >= periods.period_start
    and deployments.deployed_on < periods.period_end
    and ($services is null or list_contains($services, deployments.service))
left join failed
    on deployments.deployment_id = failed.deployment_id
group by periods.period_start
order by periods.period_start
