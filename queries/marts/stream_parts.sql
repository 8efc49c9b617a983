/*
title = "Parts in another stream"
grain = "one row per item that is a part of an item of another stream"
[columns]
stream = "value stream of the whole"
item_id = "key of the whole"
on_stream = "value stream of the part"
on_item_id = "key of the part"
*/
select
    links.to_stream as stream,
    links.to_id as item_id,
    links.from_stream as on_stream,
    links.from_id as on_item_id
from staging.item_links as links
where
    links.kind = 'parent'
    and links.from_stream <> links.to_stream
order by
    links.to_stream,
    links.to_id,
    links.from_id
