/*
title = "Descriptions of the chosen items"
grain = "one row per item and file that describes it, those of the chosen streams too"
*/
select items.*
from canonical.items
anti join choosing.rules
    on items.stream = rules.stream
union all
select items.* replace (members.stream as stream)
from canonical.items
join choosing.members
    on items.stream = members.of_stream
    and items.item_id = members.item_id
