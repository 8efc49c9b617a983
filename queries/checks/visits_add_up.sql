/*
title = "Visits do not add up to the lead time"
severity = "broken"
why = "Each second of an item's way belongs to one visit; otherwise no figure can be trusted."
remedy = "This is a fault of the program: please report it."
*/
select
    items.stream,
    items.item_id as subject,
    'visits ' || items.lead_seconds || ' s, creation to end '
    || (epoch(coalesce(items.finished_at, items.cancelled_at)) - epoch(items.created_at)) || ' s' as detail
from marts.items
where
    abs(
        epoch(coalesce(items.finished_at, items.cancelled_at)) - epoch(items.created_at) - items.lead_seconds
    ) > 0.001
