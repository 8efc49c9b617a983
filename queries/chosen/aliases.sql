/*
title = "Other names of the chosen items"
grain = "one row per other name of an item, those of the chosen streams too"
*/
select aliases.*
from canonical.aliases
anti join choosing.rules
    on aliases.stream = rules.stream
union all
select aliases.* replace (members.stream as stream)
from canonical.aliases
join choosing.members
    on aliases.stream = members.of_stream
    and aliases.item_id = members.item_id
