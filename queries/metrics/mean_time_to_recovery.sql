/*
title = "Mean time to recovery"
unit = "hours"
better = "lower"
definition = "How long an incident lasts, whatever its cause."
formula = "mean of (restored − began) over incidents restored in the period"
source = "Beyer et al., Site Reliability Engineering, 2016"
grain = "one row per period; value is null where no incident was restored"
sight = "whole stream"
*/
select
    periods.period_start,
    avg(incidents.restore_seconds / 3600) as value,
    count(incidents.restore_seconds) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.incidents
    on incidents.stream = $stream
    and incidents.restored_on = periods.day
    and ($services is null or list_contains($services, incidents.service))
group by periods.period_start
order by periods.period_start
