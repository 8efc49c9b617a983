/*
title = "Days with deployments"
question = "When was something deployed, and which of it failed?"
grain = "one row per day of the period on which something was deployed to production"
[columns]
deployed_on = "day in the stream's zone"
deployments = "deployments of that day; releases of a repository count as such"
failed = "those of them that did not succeed, or that an incident is attributed to"
services = "what was deployed"
*/
with broken as (

    select distinct incidents.deployment_id
    from macros.incidents_explained($stream, $corrected_incidents, $corrected_deployments) as incidents
    where incidents.deployment_id is not null

)

select
    deployments.deployed_on,
    count(*) as deployments,
    count(*) filter (where not deployments.is_success or broken.deployment_id is not null) as failed,
    string_agg(distinct deployments.service, ', ' order by deployments.service) as services
from marts.deployments
left join broken
    on deployments.deployment_id = broken.deployment_id
where
    deployments.stream = $stream
    and deployments.deployed_on >= $since
    and deployments.deployed_on < $until
    and ($services is null or list_contains($services, deployments.service))
group by deployments.deployed_on
order by deployments.deployed_on
