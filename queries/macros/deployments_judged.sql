/*
title = "Deployments with what became of them"
grain = "one row per deployment to production of the stream and the chosen services; incidents as people corrected their causes"
*/
create or replace macro macros.deployments_judged(
    chosen_stream, chosen_services, corrected_incidents, corrected_deployments
) as table
    with caused as (

        select
            incidents.deployment_id,
            count(*) as incidents_count
        from macros.incidents_explained(chosen_stream, corrected_incidents, corrected_deployments) as incidents
        where incidents.deployment_id is not null
        group by incidents.deployment_id

    )

    select
        deployments.deployment_id,
        deployments.service,
        deployments.deployed_at,
        deployments.deployed_on,
        deployments.is_success,
        deployments.is_unplanned,
        deployments.items_count,
        deployments.changes_count,
        coalesce(caused.incidents_count, 0) as incidents_count,
        case
            when caused.incidents_count is not null then 'caused an incident'
            when not deployments.is_success then 'failed'
            when not streams.has_incidents then 'not known'
            when epoch(streams.last_event_at) - epoch(deployments.deployed_at) < streams.failure_window_days * 86400
                then 'too young'
            else 'went well'
        end as outcome
    from marts.deployments
    join marts.streams
        on deployments.stream = streams.stream
    left join caused
        on deployments.deployment_id = caused.deployment_id
    where
        deployments.stream = chosen_stream
        and (chosen_services is null or list_contains(chosen_services, deployments.service));
