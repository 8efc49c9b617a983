/*
title = "Deployments"
question = "What was deployed, and what became of it?"
grain = "one row per deployment to production in the period, the newest first"
sight = "whole stream"
[columns]
deployment_id = "key of the deployment"
service = "what was deployed"
deployed_on = "day it finished, in the stream's zone"
outcome = "went well, failed (it did not succeed), caused an incident, too young (it went well so far, but the stream's failure_window_days have not passed), or not known (it succeeded, and no source tells incidents)"
incidents_count = "incidents that it caused"
is_unplanned = "made to mend an incident; null if not known"
items_count = "work items it carried; null where no source links them"
changes_count = "changes it was the first to carry; null where no source links them"
change_days = "median lead time of these changes"
*/
with carried as (

    select
        changes.deployment_id,
        quantile_cont(changes.lead_seconds / 86400, 0.5) as change_days
    from marts.changes
    where changes.stream = $stream
    group by changes.deployment_id

)

select
    deployments.deployment_id,
    deployments.service,
    deployments.deployed_on,
    deployments.outcome,
    deployments.incidents_count,
    deployments.is_unplanned,
    deployments.items_count,
    deployments.changes_count,
    carried.change_days
from macros.deployments_judged($stream, $services, $corrected_incidents, $corrected_deployments) as deployments
left join carried
    on deployments.deployment_id = carried.deployment_id
where deployments.deployed_on >= $since and deployments.deployed_on < $until
order by
    deployments.deployed_at desc,
    deployments.deployment_id
