/*
title = "Deployments to other environments"
question = "What is deployed elsewhere than to production, and does it succeed there?"
grain = "one row per environment that is not production and service, the most deployments first"
sight = "whole stream"
[columns]
environment = "where to"
service = "what was deployed"
deployments = "how many in the period"
failed = "of these, how many did not succeed"
per_week = "deployments that succeeded, a week"
last_on = "day of the last one"
*/
select
    deployments_elsewhere.environment,
    deployments_elsewhere.service,
    cast(sum(deployments_elsewhere.deployments) as bigint) as deployments,
    cast(sum(deployments_elsewhere.failed) as bigint) as failed,
    sum(deployments_elsewhere.deployments - deployments_elsewhere.failed)
    / (date_diff('day', cast($since as date), cast($until as date)) / 7) as per_week,
    max(deployments_elsewhere.deployed_on) as last_on
from marts.deployments_elsewhere
where
    deployments_elsewhere.stream = $stream
    and deployments_elsewhere.deployed_on >= $since
    and deployments_elsewhere.deployed_on < $until
    and ($services is null or list_contains($services, deployments_elsewhere.service))
group by
    deployments_elsewhere.environment,
    deployments_elsewhere.service
order by
    deployments desc,
    deployments_elsewhere.environment,
    deployments_elsewhere.service
