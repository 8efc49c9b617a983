/*
title = "Rows under the items' keys: transitions"
grain = "one row per row of the table; an item named by its tool's number gets its key"
*/
select transitions.* replace (coalesce(names.item_id, transitions.item_id) as item_id)
from gathering.transitions
left join incoming.names
    on transitions.stream = names.stream
    and transitions.item_id = names.alias
