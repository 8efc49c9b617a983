/*
title = "Parent that is not there"
severity = "note"
why = "The item names a parent that no file holds: figures by parent leave it out, all others do not need it."
remedy = "Export the parents too, if figures by parent are wanted."
*/
select
    items.stream,
    items.item_id as subject,
    'parent ' || items.parent_id as detail
from marts.items
join marts.streams
    on items.stream = streams.stream
anti join marts.item_homes as parents
    on coalesce(streams.chosen_from, streams.stream) = parents.origin
    and items.parent_id = parents.item_id
anti join marts.stream_parts
    on items.item_id = stream_parts.on_item_id
    and items.parent_id = stream_parts.item_id
where items.parent_id is not null
