/*
title = "Rows under the items' keys: items"
grain = "one row per row of the table; an item named by its tool's number gets its key"
*/
select items.* replace (coalesce(names.item_id, items.item_id) as item_id)
from gathering.items
left join incoming.names
    on items.stream = names.stream
    and items.item_id = names.alias
