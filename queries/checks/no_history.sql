/*
title = "Item without history"
severity = "note"
why = "Without transitions its stages, waits and waste are unknown."
remedy = "Export the items together with their status history."
*/
select
    items.stream,
    items.item_id as subject,
    'created ' || items.created_on as detail
from marts.items
where items.history_seconds is null
