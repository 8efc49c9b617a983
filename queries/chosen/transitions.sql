/*
title = "Histories of the chosen items"
grain = "one row per entry into a state, those of the chosen streams too"
*/
select transitions.*
from canonical.transitions
anti join choosing.rules
    on transitions.stream = rules.stream
union all
select transitions.* replace (members.stream as stream)
from canonical.transitions
join choosing.members
    on transitions.stream = members.of_stream
    and transitions.item_id = members.item_id
