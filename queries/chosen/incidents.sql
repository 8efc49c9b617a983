/*
title = "Incidents of the chosen services"
grain = "one row per incident, those of the chosen streams too"
*/
select incidents.*
from canonical.incidents
anti join choosing.rules
    on incidents.stream = rules.stream
union all
select incidents.* replace (rules.stream as stream)
from canonical.incidents
join choosing.rules
    on incidents.stream = rules.of_stream
    and rules.kind = 'service'
    and incidents.service = rules.value
