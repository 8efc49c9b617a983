/*
title = "Incidents"
grain = "one row per incident in production, with the deployment that it is attributed to"
[columns]
stream = "value stream"
incident_id = "key of the incident"
service = "what failed"
severity = "how bad, as the source says"
started_at = "UTC instant it began"
restored_at = "UTC instant the service was restored; null while it is not"
started_on = "day it began in the stream's zone"
restored_on = "day it was restored"
restore_seconds = "began to restored; null while it is open, or where the span is negative"
deployment_id = "deployment it is attributed to; null where there is none"
attribution = "id (the source names it), window (last success of the service within the stream's failure_window_days before), unattributed"
deployed_at = "UTC instant that deployment finished"
recovery_seconds = "that deployment to restored; null while it is open, or where the span is negative"
*/
with candidates as (

    select
        incidents.stream,
        incidents.incident_id,
        arg_max(deployments.deployment_id, deployments.deployed_at) as deployment_id
    from canonical.incidents
    join staging.streams
        on incidents.stream = streams.stream
    join marts.deployments
        on incidents.stream = deployments.stream
        and deployments.is_success
        and deployments.service is not distinct from incidents.service
        and deployments.deployed_at <= incidents.started_at
        and epoch(incidents.started_at) - epoch(deployments.deployed_at) <= streams.failure_window_days * 86400
    where incidents.deployment_id is null
    group by
        incidents.stream,
        incidents.incident_id

)

select
    incidents.stream,
    incidents.incident_id,
    incidents.service,
    incidents.severity,
    incidents.started_at,
    incidents.restored_at,
    macros.local_day(incidents.started_at, streams.time_zone) as started_on,
    macros.local_day(incidents.restored_at, streams.time_zone) as restored_on,
    case
        when incidents.restored_at >= incidents.started_at
            then epoch(incidents.restored_at) - epoch(incidents.started_at)
    end as restore_seconds,
    deployments.deployment_id,
    case
        when incidents.deployment_id is not null and deployments.deployment_id is not null then 'id'
        when deployments.deployment_id is not null then 'window'
        else 'unattributed'
    end as attribution,
    deployments.deployed_at,
    case
        when incidents.restored_at >= deployments.deployed_at
            then epoch(incidents.restored_at) - epoch(deployments.deployed_at)
    end as recovery_seconds
from canonical.incidents
join staging.streams
    on incidents.stream = streams.stream
left join candidates
    on incidents.stream = candidates.stream
    and incidents.incident_id = candidates.incident_id
left join marts.deployments
    on incidents.stream = deployments.stream
    and coalesce(incidents.deployment_id, candidates.deployment_id) = deployments.deployment_id
order by
    incidents.stream,
    incidents.started_at
