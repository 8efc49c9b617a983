/*
title = "Deployments of the chosen services, and those that carried a chosen item"
grain = "one row per deployment, those of the chosen streams too"
*/
with carried as (

    select
        members.stream,
        members.of_stream,
        links.to_id as deployment_id
    from canonical.links
    join choosing.members
        on links.stream = members.of_stream
        and links.from_id = members.item_id
    where links.kind = 'deployed'
    union
    select
        members.stream,
        members.of_stream,
        changes.deployment_id
    from canonical.changes
    join choosing.members
        on changes.stream = members.of_stream
        and ltrim(changes.item_id, '#') = ltrim(members.item_id, '#')
    where changes.deployment_id is not null
    union
    select
        rules.stream,
        rules.of_stream,
        deployments.deployment_id
    from canonical.deployments
    join choosing.rules
        on deployments.stream = rules.of_stream
        and rules.kind = 'service'
        and deployments.service = rules.value

)

select deployments.*
from canonical.deployments
anti join choosing.rules
    on deployments.stream = rules.stream
union all
select deployments.* replace (carried.stream as stream)
from canonical.deployments
join carried
    on deployments.stream = carried.of_stream
    and deployments.deployment_id = carried.deployment_id
