/*
title = "One key, two rows"
severity = "error"
why = "Two rows of the same key differ in what they say. A deployment, a change or an incident can be counted twice in the delivery metrics; of an item, one of the rows wins by chance."
remedy = "Remove the older row in the source, or import the newer file by itself after the older one: a later import replaces the rows of its keys."
*/
with keyed as (

    select
        items.stream,
        'items of ' || items.file_name as kind,
        items.item_id as subject
    from canonical.items
    union all
    select
        deployments.stream,
        'deployments' as kind,
        deployments.deployment_id as subject
    from canonical.deployments
    union all
    select
        changes.stream,
        'changes' as kind,
        changes.change_id as subject
    from canonical.changes
    union all
    select
        incidents.stream,
        'incidents' as kind,
        incidents.incident_id as subject
    from canonical.incidents

)

select
    keyed.stream,
    keyed.subject,
    count(*) || ' rows among the ' || keyed.kind as detail
from keyed
group by
    keyed.stream,
    keyed.kind,
    keyed.subject
having count(*) > 1
