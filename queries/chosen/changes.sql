/*
title = "Changes for the chosen items, and of the chosen services"
grain = "one row per change, those of the chosen streams too"
*/
with taken as (

    select
        members.stream,
        members.of_stream,
        changes.change_id
    from canonical.changes
    join choosing.members
        on changes.stream = members.of_stream
        and ltrim(changes.item_id, '#') = ltrim(members.item_id, '#')
    union
    select
        rules.stream,
        rules.of_stream,
        changes.change_id
    from canonical.changes
    join choosing.rules
        on changes.stream = rules.of_stream
        and rules.kind = 'service'
        and changes.service = rules.value

)

select changes.*
from canonical.changes
anti join choosing.rules
    on changes.stream = rules.stream
union all
select changes.* replace (taken.stream as stream)
from canonical.changes
join taken
    on changes.stream = taken.of_stream
    and changes.change_id = taken.change_id
