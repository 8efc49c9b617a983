/*
title = "Possible causes of an incident"
question = "Which deployments were finished when the incident began?"
grain = "one row per deployment to production before the incident $item: of its service first, then the newest"
sight = "whole stream"
[columns]
deployment_id = "key of the deployment"
service = "what was deployed"
deployed_on = "day it finished, in the stream's zone"
*/
select
    deployments.deployment_id,
    deployments.service,
    deployments.deployed_on
from marts.incidents
join marts.deployments
    on incidents.stream = deployments.stream
    and deployments.deployed_at <= incidents.started_at
where incidents.stream = $stream and incidents.incident_id = $item
order by
    coalesce(deployments.service = incidents.service, false) desc,
    deployments.deployed_at desc,
    deployments.deployment_id
