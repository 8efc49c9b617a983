/*
title = "Links of the chosen items"
grain = "one row per link between two things, those of the chosen streams too"
*/
with ends as (

    select
        links.stream as of_stream,
        links.kind,
        links.from_id,
        links.to_id,
        members.stream
    from canonical.links
    join choosing.members
        on links.stream = members.of_stream
        and links.from_id = members.item_id
    union
    select
        links.stream as of_stream,
        links.kind,
        links.from_id,
        links.to_id,
        members.stream
    from canonical.links
    join choosing.members
        on links.stream = members.of_stream
        and links.to_id = members.item_id
    where links.kind <> 'deployed'

)

select links.*
from canonical.links
anti join choosing.rules
    on links.stream = rules.stream
union all
select
    ends.stream,
    ends.kind,
    ends.from_id,
    ends.to_id
from ends
