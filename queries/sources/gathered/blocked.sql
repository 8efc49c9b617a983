/*
title = "Rows under the items' keys: blocked"
grain = "one row per row of the table; an item named by its tool's number gets its key"
*/
select blocked.* replace (coalesce(names.item_id, blocked.item_id) as item_id)
from gathering.blocked
left join incoming.names
    on blocked.stream = names.stream
    and blocked.item_id = names.alias
