/*
title = "Failed deployment recovery time"
unit = "hours"
better = "lower"
definition = "How long it takes from a deployment that caused an incident until the service is restored."
formula = "percentile or mean of (restored − deployed) over incidents attributed to a deployment and restored in the period"
source = "DORA, the five software delivery performance metrics, 2024"
grain = "one row per period; value is null where no such incident was restored"
sight = "whole stream"
*/
select
    periods.period_start,
    case
        when $percentile is null then avg(incidents.recovery_seconds / 3600)
        else quantile_cont(incidents.recovery_seconds / 3600, coalesce($percentile, 0.5))
    end as value,
    count(incidents.recovery_seconds) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join macros.incidents_explained($stream, $corrected_incidents, $corrected_deployments) as incidents
    on incidents.restored_on = periods.day
    and ($services is null or list_contains($services, incidents.service))
group by periods.period_start
order by periods.period_start
