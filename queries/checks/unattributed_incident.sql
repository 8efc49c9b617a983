/*
title = "Incident that no deployment explains"
severity = "note"
why = "It counts in time to recovery, but not in change fail rate."
remedy = "Name the deployment in the incident export, where one caused it."
*/
select
    incidents.stream,
    incidents.incident_id as subject,
    'began ' || incidents.started_on || coalesce(', service ' || incidents.service, '') as detail
from marts.incidents
where incidents.attribution = 'unattributed'
