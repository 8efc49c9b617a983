/*
title = "Items found"
question = "Which items are these?"
grain = "one row per item that meets the conditions, one page of them"
[columns]
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
team = "team of the item"
priority = "priority as the source names it"
labels = "labels, | between them; null where there are none"
stage = "stage it was in at the end of the scope, or ended in"
outcome = "finished, cancelled, in progress or not started, by then"
created_on = "day of creation in the stream's zone"
started_on = "day of the first or last start; null where none is told"
ended_on = "day it finished or was cancelled; null where it was open at the end of the scope"
lead_days = "creation to the end, or to the end of the scope"
cycle_days = "start to the end, or to the end of the scope; null if it had not started"
process_days = "time in active stages, not blocked, in its whole life"
blocked_days = "time it was flagged as blocked, in its whole life"
rework_days = "time of visits to stages already passed, in its whole life"
handoffs_count = "changes of owning team; null where no owner is known"
matches = "items that meet the conditions, on all pages"
*/
with found as (

    select
        items.*,
        case when not items.is_open then items.ended_on end as ended_by_then,
        count(*) over () as matches,
        case $sort
            when 'created_on' then epoch(items.created_on)
            when 'started_on' then epoch(items.started_on)
            when 'ended_on' then epoch(case when not items.is_open then items.ended_on end)
            when 'lead_days' then items.lead_days
            when 'cycle_days' then items.cycle_days
            when 'process_days' then items.process_days
            when 'blocked_days' then items.blocked_days
            when 'rework_days' then items.rework_days
            when 'handoffs_count' then items.handoffs_count
        end as sort_number,
        case $sort
            when 'title' then lower(items.title)
            when 'type' then lower(items.type)
            when 'team' then lower(items.team)
            when 'priority' then lower(items.priority)
            when 'labels' then lower(items.labels)
            when 'stage' then lower(items.stage)
            when 'outcome' then items.outcome
        end as sort_text
    from macros.items_where($stream, $since, $until, $teams, $types, $clock, $start_rule, $chosen) as items

)

select
    found.item_id,
    found.title,
    found.type,
    found.team,
    found.priority,
    found.labels,
    found.stage,
    found.outcome,
    found.created_on,
    found.started_on,
    found.ended_by_then as ended_on,
    found.lead_days,
    found.cycle_days,
    found.process_days,
    found.blocked_days,
    found.rework_days,
    found.handoffs_count,
    found.matches
from found
order by
    case when $is_descending then -found.sort_number else found.sort_number end nulls last,
    case when not $is_descending then found.sort_text end nulls last,
    found.sort_text desc nulls last,
    found.item_id
limit
    $row_limit
    offset $row_offset
