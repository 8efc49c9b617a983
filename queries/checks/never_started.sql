/*
title = "Finished without being started"
severity = "warning"
why = "The item went from backlog straight to done: its cycle time is 0, and its work is not seen."
remedy = "Was the work done outside the board, or is a stage mapped as backlog that is work?"
*/
select
    items.stream,
    items.item_id as subject,
    'finished ' || items.finished_on as detail
from marts.items
where items.finished_at is not null and items.started_first_at = items.finished_at
