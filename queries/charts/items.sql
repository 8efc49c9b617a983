/*
title = "Work items"
question = "Which items are these, and how long did each take?"
grain = "one row per item that was finished in the period or is still open, the latest first"
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
    case
        when items.finished_at is not null then 'finished'
        when items.cancelled_at is not null then 'cancelled'
        else 'open'
    end as outcome,
    items.created_on,
    case
        -- Without a start the end stands for it in the marts; it is none to show.
        when items.is_start_unknown then null
        when $start_rule = 'last' then items.started_last_on
        else items.started_first_on
    end as started_on,
    items.ended_on,
    case when $clock = 'working' then items.lead_working_seconds else items.lead_seconds end / 86400 as lead_days,
    case
        when $clock = 'working' and $start_rule = 'last' then items.cycle_last_working_seconds
        when $clock = 'working' then items.cycle_first_working_seconds
        when $start_rule = 'last' then items.cycle_last_seconds
        else items.cycle_first_seconds
    end / 86400 as cycle_days,
    case when $clock = 'working' then items.process_working_seconds else items.process_seconds end / 86400
        as process_days,
    case when $clock = 'working' then items.blocked_working_seconds else items.blocked_seconds end / 86400
        as blocked_days,
    case when $clock = 'working' then items.rework_working_seconds else items.rework_seconds end / 86400
        as rework_days,
    items.handoffs_count,
    items.history_seconds / 86400 as history_days
from marts.items
where
    items.stream = $stream
    and items.created_on < $until
    and coalesce(items.ended_on, cast($since as date)) >= $since
    and coalesce(items.ended_on, cast($since as date)) < $until
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
order by
    items.ended_on desc nulls first,
    items.created_at desc,
    items.item_id
