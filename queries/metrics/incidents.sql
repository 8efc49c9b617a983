/*
title = "Incidents"
unit = "items"
better = "lower"
definition = "Incidents in production that began in the period."
formula = "count of incidents that began in the period"
source = "Beyer et al., Site Reliability Engineering, 2016"
grain = "one row per period; 0 where none began"
*/
select
    periods.period_start,
    count(incidents.incident_id) as value,
    count(incidents.incident_id) as items
from macros.periods($stream, $since, $until, $period) as periods
left join marts.incidents
    on incidents.stream = $stream
    and incidents.started_on >= periods.period_start
    and incidents.started_on < periods.period_end
group by periods.period_start
order by periods.period_start
