/*
title = "Incidents, anonymised"
grain = "one row per incident in production"
*/
with told as (

    select
        exported.stand_in('stream', incidents.stream) as stream,
        exported.stand_in('key', incidents.incident_id) as incident_id,
        exported.stand_in('service', incidents.service) as service,
        exported.stand_in('severity', incidents.severity) as severity,
        incidents.started_at + to_days(7 * options.weeks) as started_at,
        incidents.restored_at + to_days(7 * options.weeks) as restored_at,
        exported.stand_in('key', incidents.deployment_id) as deployment_id
    from chosen.incidents
    cross join chosen.options

)

-- In an order that says nothing of the original keys.
select * from told
order by
    told.started_at,
    told.incident_id
