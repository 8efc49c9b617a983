/*
title = "Item without history"
severity = "note"
why = "Without transitions its stages, waits and waste are unknown: all its time is booked to the state that it is in now."
remedy = "Export the items together with their status history."
*/
select
    items.stream,
    items.item_id as subject,
    'created ' || items.created_on || coalesce(', now in ' || items.stage, '') as detail
from marts.items
where items.history_seconds is null
