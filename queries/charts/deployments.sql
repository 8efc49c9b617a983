/*
title = "Deployments"
question = "What was deployed, and what became of it?"
grain = "one row per deployment to production in the period, the newest first"
[columns]
deployment_id = "key of the deployment"
service = "what was deployed"
deployed_on = "day it finished, in the stream's zone"
outcome = "went well, failed (it did not succeed), caused an incident, or too young (it went well so far, but the stream's failure_window_days have not passed)"
incidents_count = "incidents that it caused"
is_unplanned = "made to mend an incident; null if not known"
items_count = "work items it carried; null where no source links them"
changes_count = "changes it was the first to carry; null where no source links them"
change_days = "median lead time of these changes"
*/
with caused as (

    select
        incidents.deployment_id,
        count(*) as incidents_count
    from macros.incidents_explained($stream, $corrected_incidents, $corrected_deployments) as incidents
    where incidents.deployment_id is not null
    group by incidents.deployment_id

),

carried as (

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
    case
        when caused.incidents_count is not null then 'caused an incident'
        when not deployments.is_success then 'failed'
        when epoch(streams.last_event_at) - epoch(deployments.deployed_at) < streams.failure_window_days * 86400
            then 'too young'
        else 'went well'
    end as outcome,
    coalesce(caused.incidents_count, 0) as incidents_count,
    deployments.is_unplanned,
    deployments.items_count,
    deployments.changes_count,
    carried.change_days
from marts.deployments
join marts.streams
    on deployments.stream = streams.stream
left join caused
    on deployments.deployment_id = caused.deployment_id
left join carried
    on deployments.deployment_id = carried.deployment_id
where
    deployments.stream = $stream
    and deployments.deployed_on >= $since
    and deployments.deployed_on < $until
    and ($services is null or list_contains($services, deployments.service))
order by
    deployments.deployed_at desc,
    deployments.deployment_id
