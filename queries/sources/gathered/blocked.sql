/*
title = "Incoming rows under the items' keys: blocked"
grain = "one row per incoming row; an item named by its tool's number gets its key"
*/
select blocked.* replace (coalesce(aliases.item_id, blocked.item_id) as item_id)
from incoming.blocked
left join incoming.aliases
    on blocked.stream = aliases.stream
    and blocked.item_id = aliases.alias
