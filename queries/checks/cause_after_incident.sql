/*
title = "Incident that began before the deployment named as its cause"
severity = "warning"
why = "What is deployed later can not have caused it (a roll-out that took up to a day is allowed for). The deployment counts as failed in change fail rate, and where the service was restored before it, failed deployment recovery time leaves the incident out."
remedy = "Name the right deployment in the incident export, or none: then the last deployment of the service within the days before that the stream's definition says (failure_window_days) is taken."
*/
select
    incidents.stream,
    incidents.incident_id as subject,
    'began ' || strftime(incidents.started_at, '%Y-%m-%d %H:%M') || ', ' || incidents.deployment_id || ' deployed '
    || strftime(incidents.deployed_at, '%Y-%m-%d %H:%M') || ' UTC' as detail
from marts.incidents
where
    incidents.deployed_at > incidents.started_at + interval 1 day
    or (incidents.deployed_at > incidents.started_at and incidents.restored_at < incidents.deployed_at)
