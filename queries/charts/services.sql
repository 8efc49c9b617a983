/*
title = "Services"
question = "Which services are there to choose from?"
grain = "one row per service of the stream, by name"
sight = "whole stream"
[columns]
service = "its name, as the sources write it"
deployments = "deployments to production"
incidents = "incidents"
*/
with named as (

    select
        deployments.service,
        1 as deployments,
        0 as incidents
    from marts.deployments
    where deployments.stream = $stream and deployments.service is not null
    union all
    select
        incidents.service,
        0 as deployments,
        1 as incidents
    from marts.incidents
    where incidents.stream = $stream and incidents.service is not null

)

select
    named.service,
    cast(sum(named.deployments) as bigint) as deployments,
    cast(sum(named.incidents) as bigint) as incidents
from named
group by named.service
order by named.service
