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
anti join marts.items as parents
    on items.stream = parents.stream
    and items.parent_id = parents.item_id
anti join marts.stream_parts
    on items.stream = stream_parts.on_stream
    and items.item_id = stream_parts.on_item_id
where items.parent_id is not null
