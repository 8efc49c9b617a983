/*
title = "Outcomes of deployments"
question = "How often is something deployed, and what becomes of it?"
grain = "one row per period; all counts 0 where nothing happened"
[columns]
period_start = "first day of the period"
went_well = "successful deployments without an incident, as long before the data end as incidents are joined (failure_window_days)"
caused_incident = "deployments that caused an incident"
failed = "deployments that did not succeed"
too_young = "successful deployments so late in the data that an incident of theirs may yet come (failure_window_days)"
deployments = "all of them"
unplanned = "of them, made to mend an incident"
days_with_deployments = "days on which something was deployed with success"
incidents = "incidents that began in the period"
unattributed = "of these, of no known deployment"
*/
with caused as (

    select distinct incidents.deployment_id
    from macros.incidents_explained($stream, $corrected_incidents, $corrected_deployments) as incidents
    where incidents.deployment_id is not null

),

made as (

    select
        deployments.deployment_id,
        deployments.deployed_on,
        deployments.is_unplanned,
        deployments.is_success,
        case
            when caused.deployment_id is not null then 'caused'
            when not deployments.is_success then 'failed'
            when epoch(streams.last_event_at) - epoch(deployments.deployed_at) < streams.failure_window_days * 86400
                then 'young'
            else 'well'
        end as outcome
    from marts.deployments
    join marts.streams
        on deployments.stream = streams.stream
    left join caused
        on deployments.deployment_id = caused.deployment_id
    where
        deployments.stream = $stream
        and deployments.deployed_on >= $since
        and deployments.deployed_on < $until
        and ($services is null or list_contains($services, deployments.service))

),

by_period as (

    select
        periods.period_start,
        count(made.outcome) filter (where made.outcome = 'well') as went_well,
        count(made.outcome) filter (where made.outcome = 'caused') as caused_incident,
        count(made.outcome) filter (where made.outcome = 'failed') as failed,
        count(made.outcome) filter (where made.outcome = 'young') as too_young,
        count(made.outcome) as deployments,
        count(made.outcome) filter (where made.is_unplanned) as unplanned,
        count(distinct made.deployed_on) filter (where made.is_success) as days_with_deployments
    from macros.periods($stream, $since, $until, $period) as periods
    left join made
        on made.deployed_on >= periods.period_start
        and made.deployed_on < periods.period_end
    group by periods.period_start

),

began as (

    select
        periods.period_start,
        count(incidents.incident_id) as incidents,
        count(incidents.incident_id) filter (where incidents.deployment_id is null) as unattributed
    from macros.periods($stream, $since, $until, $period) as periods
    left join macros.incidents_explained($stream, $corrected_incidents, $corrected_deployments) as incidents
        on incidents.started_on >= periods.period_start
        and incidents.started_on < periods.period_end
        and ($services is null or list_contains($services, incidents.service))
    group by periods.period_start

)

select
    by_period.period_start,
    by_period.went_well,
    by_period.caused_incident,
    by_period.failed,
    by_period.too_young,
    by_period.deployments,
    by_period.unplanned,
    by_period.days_with_deployments,
    began.incidents,
    began.unattributed
from by_period
join began
    on by_period.period_start = began.period_start
order by by_period.period_start
