/*
title = "Deployments to other environments"
grain = "one row per environment that is not production, service and day"
[columns]
stream = "value stream"
environment = "where to, as the source names it"
service = "what was deployed"
deployed_on = "day in the stream's zone"
deployments = "how many; they are in no figure of delivery"
failed = "of these, how many did not succeed"
*/
select
    deployments.stream,
    deployments.environment,
    deployments.service,
    macros.local_day(deployments.deployed_at, streams.time_zone) as deployed_on,
    count(*) as deployments,
    count(*) filter (where deployments.status is distinct from 'success') as failed
from canonical.deployments
join staging.streams
    on deployments.stream = streams.stream
where not macros.is_production(deployments.environment)
group by
    deployments.stream,
    deployments.environment,
    deployments.service,
    macros.local_day(deployments.deployed_at, streams.time_zone)
