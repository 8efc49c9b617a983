/*
title = "Incident restored before it began"
severity = "error"
why = "Its time to recovery would be negative, so it is left out of the recovery times."
remedy = "Correct the times in the incident export."
*/
select
    incidents.stream,
    incidents.incident_id as subject,
    'began ' || incidents.started_at || ', restored ' || incidents.restored_at as detail
from marts.incidents
where incidents.restored_at < incidents.started_at
