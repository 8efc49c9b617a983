/*
title = "Durations of items"
question = "How long did these items take, one by one?"
grain = "one row per finished item that meets the conditions"
[columns]
item_id = "key of the work item"
finished_on = "day it finished"
lead_days = "creation to finish"
cycle_days = "start to finish; null where no start is known"
*/
select
    items.item_id,
    items.finished_on,
    items.lead_days,
    items.cycle_days
from macros.items_where($stream, $since, $until, $teams, $types, $clock, $start_rule, $chosen) as items
where items.outcome = 'finished'
order by
    items.finished_on,
    items.item_id
