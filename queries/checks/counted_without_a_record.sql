/*
title = "Counted without a record that was set aside"
severity = "warning"
why = "A record of it could not be read, yet it is in the figures: with what an earlier import or another record says of it, which may be old."
remedy = "Mend the record at its source, and import the file again."
*/
with counted as (

    select
        items.stream,
        items.item_id as subject
    from marts.items
    union
    select
        deployments.stream,
        deployments.deployment_id as subject
    from canonical.deployments
    union
    select
        incidents.stream,
        incidents.incident_id as subject
    from canonical.incidents

)

select
    set_aside.stream,
    set_aside.subject,
    min(set_aside.file_name) || ', record ' || min(set_aside.record) || ': ' || min(set_aside.reason)
    || case when count(*) > 1 then ' and ' || count(*) - 1 || ' more' else '' end as detail
from canonical.set_aside
join counted
    on set_aside.stream = counted.stream
    and set_aside.subject = counted.subject
group by
    set_aside.stream,
    set_aside.subject
