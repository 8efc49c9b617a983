/*
title = "Descriptions of items"
grain = "one row per work item, in the layout of our own items file: what vsm export writes"
[columns]
stream = "value stream"
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
team = "team of the item"
priority = "priority as the source names it"
labels = "labels in alphabetical order, | between them; null if it has none"
parent_id = "item that this one is part of"
points = "estimate; null if it has none"
created_at = "UTC instant of creation"
started_at = "UTC instant of the start; null where the history tells it"
finished_at = "UTC instant of the finish; null where the history tells it"
cancelled_at = "UTC instant it was dropped; null where the history tells it"
status = "state now, where the source has no history"
status_category = "category of that state as the source tells it"
first_seen_at = "UTC instant of its first record; null without history"
last_seen_at = "UTC instant of its last record; null without history"
*/
select
    items.stream,
    items.item_id,
    items.title,
    items.type,
    items.team,
    items.priority,
    items.labels,
    items.parent_id,
    items.points,
    items.created_at,
    items.started_at,
    items.finished_at,
    coalesce(items.cancelled_at, items.dropped_at) as cancelled_at,
    items.status,
    items.told_category as status_category,
    items.first_event_at as first_seen_at,
    items.last_event_at as last_seen_at
from staging.items
order by
    items.stream,
    items.item_id
