/*
title = "Incoming rows under the items' keys: items"
grain = "one row per incoming row; an item named by its tool's number gets its key"
*/
select items.* replace (coalesce(aliases.item_id, items.item_id) as item_id)
from incoming.items
left join incoming.aliases
    on items.stream = aliases.stream
    and items.item_id = aliases.alias
