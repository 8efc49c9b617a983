/*
title = "Deployments that rules choose"
grain = "one row per stream chosen by rules and deployment: of its services, or one that carried an item of it"
*/
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
