/*
title = "Event after the end"
severity = "note"
why = "The item was moved, from done to another done state or back again, after it had been done."
remedy = "Is a state after done still work? Then map it as in progress."
*/
select
    visits.stream,
    visits.item_id as subject,
    visits.stage || ' entered ' || visits.entered_on || ', after the end' as detail
from marts.visits
join marts.items
    on visits.stream = items.stream
    and visits.item_id = items.item_id
where
    not visits.is_in_flow
    and visits.entered_at > coalesce(items.finished_at, items.cancelled_at)
