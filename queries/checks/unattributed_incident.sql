/*
title = "Incident that no deployment explains"
severity = "note"
why = "The source names no deployment that is known, and its service was not deployed within the days before that the stream's definition says (failure_window_days, 7 where it says nothing). It counts in mean time to recovery, but neither in change fail rate nor in failed deployment recovery time."
remedy = "Name the deployment in the incident export, where one caused it; write the service as the deployments do."
*/
select
    incidents.stream,
    incidents.incident_id as subject,
    'began ' || incidents.started_on || coalesce(', service ' || incidents.service, '') as detail
from marts.incidents
where
    incidents.attribution = 'unattributed'
    -- Without any deployment there is nothing to explain it by.
    and incidents.stream in (select deployments.stream from marts.deployments)
