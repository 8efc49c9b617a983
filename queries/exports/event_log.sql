/*
title = "Event log"
grain = "one row per entry of an item into a state: its first state at its creation (an end as it was recorded), then every transition"
[columns]
stream = "value stream"
item_id = "key of the work item: the case"
state = "state entered: the activity"
occurred_at = "UTC instant of the entry; the time until the next one was spent in the state"
lifecycle = "always start: the stay in the state begins"
team = "team that owns the item from then on"
title = "what the item is called"
type = "kind of work"
priority = "priority as the source names it"
item_team = "team of the item"
parent_id = "item that this one is part of"
created_at = "UTC instant of creation"
*/
with ordered as (

    select
        transitions.stream,
        transitions.item_id,
        transitions.from_state,
        transitions.to_state,
        transitions.occurred_at,
        transitions.team,
        ends.state is not null as is_done,
        row_number() over (
            partition by transitions.stream, transitions.item_id
            order by transitions.occurred_at, transitions.seq
        ) as event_no
    from exported.transitions
    left join exported.ends
        on transitions.stream = ends.stream
        and transitions.to_state = ends.state

),

entries as (

    select
        ordered.stream,
        ordered.item_id,
        ordered.event_no,
        ordered.to_state as state,
        -- As in staging.entries: the state first heard of began with the item, unless it is its end.
        case
            when ordered.event_no = 1 and coalesce(ordered.from_state = ordered.to_state, not ordered.is_done)
                then coalesce(items.created_at, ordered.occurred_at)
            else ordered.occurred_at
        end as occurred_at,
        ordered.team
    from ordered
    left join exported.items
        on ordered.stream = items.stream
        and ordered.item_id = items.item_id
    union all
    -- Most exports hold no transition into the first state: it began with the item.
    select
        ordered.stream,
        ordered.item_id,
        0 as event_no,
        ordered.from_state as state,
        items.created_at as occurred_at,
        cast(null as varchar) as team
    from ordered
    join exported.items
        on ordered.stream = items.stream
        and ordered.item_id = items.item_id
    where ordered.event_no = 1 and ordered.from_state is not null and ordered.from_state <> ordered.to_state

)

select
    entries.stream,
    entries.item_id,
    entries.state,
    entries.occurred_at,
    'start' as lifecycle,
    entries.team,
    items.title,
    items.type,
    items.priority,
    items.team as item_team,
    items.parent_id,
    items.created_at
from entries
left join exported.items
    on entries.stream = items.stream
    and entries.item_id = items.item_id
order by
    entries.stream,
    entries.item_id,
    entries.event_no
