/*
title = "Days with deployments"
question = "When was something deployed, and which of it failed?"
grain = "one row per day of the period on which something was deployed to production"
sight = "whole stream"
[columns]
deployed_on = "day in the stream's zone"
deployments = "deployments of that day; releases of a repository count as such"
failed = "those of them that did not succeed, or that an incident is attributed to"
services = "what was deployed"
*/
select
    deployments.deployed_on,
    count(*) as deployments,
    count(*) filter (where deployments.outcome in ('failed', 'caused an incident')) as failed,
    string_agg(distinct deployments.service, ', ' order by deployments.service) as services
from macros.deployments_judged($stream, $services, $corrected_incidents, $corrected_deployments) as deployments
where deployments.deployed_on >= $since and deployments.deployed_on < $until
group by deployments.deployed_on
order by deployments.deployed_on
