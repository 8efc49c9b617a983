/*
title = "Items that seem to be others under the same key"
grain = "one row per stream with any: keys that were known already, and how many of them with another creation"
*/
select
    incoming_items.stream,
    cast(count(distinct incoming_items.item_id) as bigint) as shared_items,
    -- More than a day apart: no zone explains it.
    cast(count(distinct incoming_items.item_id) filter (
        where abs(epoch(incoming_items.created_at) - epoch(known_items.created_at)) > 86400
    ) as bigint) as other_items,
    min(incoming_items.item_id) filter (
        where abs(epoch(incoming_items.created_at) - epoch(known_items.created_at)) > 86400
    ) as example
from incoming.items as incoming_items
join known.items as known_items
    on incoming_items.stream = known_items.stream
    and incoming_items.item_id = known_items.item_id
where incoming_items.created_at is not null and known_items.created_at is not null
group by incoming_items.stream
having other_items > 0
