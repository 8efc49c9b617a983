/*
title = "Deployments of the chosen services, and those that carried a chosen item"
grain = "one row per deployment, those of the chosen streams too"
*/
select deployments.*
from canonical.deployments
anti join choosing.rules
    on deployments.stream = rules.stream
union all
select deployments.* replace (carried.stream as stream)
from canonical.deployments
join choosing.carried
    on deployments.stream = carried.of_stream
    and deployments.deployment_id = carried.deployment_id
