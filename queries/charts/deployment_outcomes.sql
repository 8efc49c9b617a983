/*
title = "Outcomes of deployments"
question = "How often is something deployed, and what becomes of it?"
grain = "one row per period; counts are 0 where nothing happened, null where no source tells"
sight = "whole stream"
[columns]
period_start = "first day of the period"
went_well = "successful deployments without an incident, as long before the data end as incidents are joined (failure_window_days)"
caused_incident = "deployments that caused an incident"
failed = "deployments that did not succeed"
too_young = "successful deployments so late in the data that an incident of theirs may yet come (failure_window_days)"
not_known = "successful deployments, where no source tells incidents"
deployments = "all of them"
unplanned = "of them, made to mend an incident"
days_with_deployments = "days on which something was deployed with success"
incidents = "incidents that began in the period; null where no source tells any"
unattributed = "of these, of no known deployment"
*/
with made as (

    select
        periods.period_start,
        count(deployments.outcome) filter (where deployments.outcome = 'went well') as went_well,
        count(deployments.outcome) filter (where deployments.outcome = 'caused an incident') as caused_incident,
        count(deployments.outcome) filter (where deployments.outcome = 'failed') as failed,
        count(deployments.outcome) filter (where deployments.outcome = 'too young') as too_young,
        count(deployments.outcome) filter (where deployments.outcome = 'not known') as not_known,
        count(deployments.outcome) as deployments,
        count(deployments.outcome) filter (where deployments.is_unplanned) as unplanned,
        count(distinct deployments.deployed_on) filter (where deployments.is_success) as days_with_deployments
    from macros.period_days($stream, $since, $until, $period) as periods
    left join
        macros.deployments_judged($stream, $services, $corrected_incidents, $corrected_deployments) as deployments
        on deployments.deployed_on = periods.day
    group by periods.period_start

),

began as (

    select
        periods.period_start,
        count(incidents.incident_id) as incidents,
        count(incidents.incident_id) filter (where incidents.deployment_id is null) as unattributed
    from macros.period_days($stream, $since, $until, $period) as periods
    left join macros.incidents_explained($stream, $corrected_incidents, $corrected_deployments) as incidents
        on incidents.started_on = periods.day
        and ($services is null or list_contains($services, incidents.service))
    group by periods.period_start

)

select
    made.period_start,
    case when streams.has_deployments then made.went_well end as went_well,
    case when streams.has_deployments then made.caused_incident end as caused_incident,
    case when streams.has_deployments then made.failed end as failed,
    case when streams.has_deployments then made.too_young end as too_young,
    case when streams.has_deployments then made.not_known end as not_known,
    case when streams.has_deployments then made.deployments end as deployments,
    case when streams.has_deployments then made.unplanned end as unplanned,
    case when streams.has_deployments then made.days_with_deployments end as days_with_deployments,
    case when streams.has_incidents then began.incidents end as incidents,
    case when streams.has_incidents then began.unattributed end as unattributed
from made
join began
    on made.period_start = began.period_start
join marts.streams
    on streams.stream = $stream
order by made.period_start
