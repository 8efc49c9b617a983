/*
title = "Incidents of the chosen services, and those that a chosen deployment caused"
grain = "one row per incident, those of the chosen streams too"
*/
with taken as (

    select
        rules.stream,
        rules.of_stream,
        incidents.incident_id
    from canonical.incidents
    join choosing.rules
        on incidents.stream = rules.of_stream
        and rules.kind = 'service'
        and incidents.service = rules.value
    union
    select
        carried.stream,
        carried.of_stream,
        incidents.incident_id
    from canonical.incidents
    join choosing.carried
        on incidents.stream = carried.of_stream
        and incidents.deployment_id = carried.deployment_id

)

select incidents.*
from canonical.incidents
anti join choosing.rules
    on incidents.stream = rules.stream
union all
select incidents.* replace (taken.stream as stream)
from canonical.incidents
join taken
    on incidents.stream = taken.of_stream
    and incidents.incident_id = taken.incident_id
