/*
title = "Incidents"
unit = "items"
better = "lower"
definition = "Incidents in production that began in the period."
formula = "count of incidents that began in the period"
source = "Beyer et al., Site Reliability Engineering, 2016"
grain = "one row per period; 0 where none began, null where no source tells incidents"
sight = "whole stream"
*/
select
    periods.period_start,
    case when bool_or(streams.has_incidents) then count(incidents.incident_id) end as value,
    count(incidents.incident_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
join marts.streams
    on streams.stream = $stream
left join marts.incidents
    on incidents.stream = $stream
    and incidents.started_on = periods.day
    and ($services is null or list_contains($services, incidents.service))
group by periods.period_start
order by periods.period_start
