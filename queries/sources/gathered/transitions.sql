/*
title = "Incoming rows under the items' keys: transitions"
grain = "one row per incoming row; an item named by its tool's number gets its key"
*/
select transitions.* replace (coalesce(aliases.item_id, transitions.item_id) as item_id)
from incoming.transitions
left join incoming.aliases
    on transitions.stream = aliases.stream
    and transitions.item_id = aliases.alias
