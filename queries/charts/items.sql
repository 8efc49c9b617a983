/*
title = "Work items"
question = "Which items are these, and how long did each take?"
grain = "one row per item that was finished in the period or is still open, the latest first, one page of them"
[columns]
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
team = "team of the item"
stage = "stage it is in now, or ended in"
outcome = "finished, cancelled or open"
created_on = "day of creation in the stream's zone"
started_on = "day of the first or last start"
ended_on = "day it finished or was cancelled; null while it is open"
lead_days = "creation to the end, or to the stream's last event"
cycle_days = "start to the end, or to the stream's last event; null if never started"
process_days = "time in active stages, not blocked"
blocked_days = "time it was flagged as blocked"
rework_days = "time of visits to stages already passed"
handoffs_count = "changes of owning team; null where no owner is known"
history_days = "first to last event: the case duration of its raw log"
*/
select
    items.item_id,
    items.title,
    items.type,
    items.team,
    items.stage,
    case when items.ended_on is null then 'open' else items.outcome end as outcome,
    items.created_on,
    items.started_on,
    items.ended_on,
    items.lead_days,
    items.cycle_days,
    items.process_days,
    items.blocked_days,
    items.rework_days,
    items.handoffs_count,
    items.history_days
from macros.items_in_scope($stream, $teams, $types, $clock, $start_rule) as items
where items.created_on < $until and coalesce(items.ended_on >= $since, true)
order by
    items.ended_on desc nulls first,
    items.created_on desc,
    items.item_id
limit
    $row_limit
    offset $row_offset
