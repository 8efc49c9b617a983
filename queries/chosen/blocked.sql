/*
title = "Blocked times of the chosen items"
grain = "one row per blocked time, those of the chosen streams too"
*/
select blocked.*
from canonical.blocked
anti join choosing.rules
    on blocked.stream = rules.stream
union all
select blocked.* replace (members.stream as stream)
from canonical.blocked
join choosing.members
    on blocked.stream = members.of_stream
    and blocked.item_id = members.item_id
