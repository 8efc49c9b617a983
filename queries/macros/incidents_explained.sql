/*
title = "Incidents with their causes"
grain = "one row per incident of the stream, with the deployment that caused it: the corrected one where somebody corrected it ('' for none)"
*/
create or replace macro macros.incidents_explained(chosen_stream, corrected_incidents, corrected_deployments) as table
    with corrected as (

        select
            unnest(corrected_incidents) as incident_id,
            unnest(corrected_deployments) as deployment_id

    )

    select
        incidents.incident_id,
        incidents.service,
        incidents.severity,
        incidents.started_at,
        incidents.restored_at,
        incidents.started_on,
        incidents.restored_on,
        incidents.restore_seconds,
        deployments.deployment_id,
        case when corrected.incident_id is not null then 'corrected' else incidents.attribution end as attribution,
        deployments.deployed_at,
        case
            when incidents.restored_at >= deployments.deployed_at
                then epoch(incidents.restored_at) - epoch(deployments.deployed_at)
        end as recovery_seconds
    from marts.incidents
    left join corrected
        on incidents.incident_id = corrected.incident_id
    left join marts.deployments
        on incidents.stream = deployments.stream
        and deployments.deployment_id = case
            when corrected.incident_id is not null then corrected.deployment_id
            else incidents.deployment_id
        end
    where incidents.stream = chosen_stream;
