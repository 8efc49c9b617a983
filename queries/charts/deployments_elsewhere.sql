/*
title = "Deployments left out"
question = "Which deployments do not count, for they went to another environment?"
grain = "one row per environment that is not production, the largest first"
[columns]
environment = "where to"
deployments = "how many in the period"
*/
select
    deployments_elsewhere.environment,
    cast(sum(deployments_elsewhere.deployments) as bigint) as deployments
from marts.deployments_elsewhere
where
    deployments_elsewhere.stream = $stream
    and deployments_elsewhere.deployed_on >= $since
    and deployments_elsewhere.deployed_on < $until
    and ($services is null or list_contains($services, deployments_elsewhere.service))
group by deployments_elsewhere.environment
order by
    deployments desc,
    deployments_elsewhere.environment
