/*
title = "Items of one import that seem to be others under the same key"
grain = "one row per stream with any: keys that several files describe, and how many of them with another creation"
*/
with keys as (

    select
        items.stream,
        items.item_id,
        epoch(max(items.created_at)) - epoch(min(items.created_at)) as seconds
    from incoming.items
    group by
        items.stream,
        items.item_id
    having count(distinct items.file_name) > 1 and count(items.created_at) > 1

)

select
    keys.stream,
    cast(count(*) as bigint) as shared_items,
    -- More than a day apart: no zone explains it.
    cast(count(*) filter (where keys.seconds > 86400) as bigint) as other_items,
    min(keys.item_id) filter (where keys.seconds > 86400) as example
from keys
group by keys.stream
having other_items > 0
