/*
title = "Incidents"
question = "What failed in production, what caused it, and how long did it last?"
grain = "one row per incident that began or was restored in the period, or was still open at its end, the newest first"
sight = "whole stream"
[columns]
incident_id = "key of the incident"
service = "what failed"
severity = "how bad, as the source says"
started_on = "day it began, in the stream's zone"
restored_on = "day the service was restored; null while it is not"
is_restored_in_period = "restored in the period: it counts in the recovery times"
restore_hours = "began to restored; null while it is open, or where the span is negative"
deployment_id = "deployment that caused it; null where none is known"
deployed_on = "day of that deployment"
attribution = "id (the source names it), window (the last success of the service within the stream's failure_window_days before), corrected (by hand), unattributed"
recovery_hours = "that deployment to restored; null where restore_hours is, or there is none"
*/
select
    incidents.incident_id,
    incidents.service,
    incidents.severity,
    incidents.started_on,
    incidents.restored_on,
    coalesce(incidents.restored_on >= $since and incidents.restored_on < $until, false) as is_restored_in_period,
    incidents.restore_seconds / 3600 as restore_hours,
    incidents.deployment_id,
    deployments.deployed_on,
    incidents.attribution,
    incidents.recovery_seconds / 3600 as recovery_hours
from macros.incidents_explained($stream, $corrected_incidents, $corrected_deployments) as incidents
left join marts.deployments
    on deployments.stream = $stream
    and incidents.deployment_id = deployments.deployment_id
where
    incidents.started_on < $until
    and coalesce(incidents.restored_on >= $since, true)
    and ($services is null or list_contains($services, incidents.service))
order by
    incidents.started_at desc,
    incidents.incident_id
