/*
title = "State entries"
grain = "one row per entry of a work item into a state, the first state included"
[columns]
stream = "value stream"
item_id = "key of the work item"
entry_no = "1 = first entry of the item; events of one instant in the source's order"
state = "state entered"
entered_at = "UTC instant of the entry"
team = "team that owns the item from then on"
person = "pseudonym of whoever works on it from then on"
*/
with ordered as (

    select
        transitions.stream,
        transitions.item_id,
        transitions.from_state,
        transitions.to_state,
        transitions.occurred_at,
        transitions.team,
        transitions.person,
        coalesce(stages.category = 'done', false) as is_done,
        row_number() over item_history as event_no
    from canonical.transitions
    left join canonical.states
        on transitions.stream = states.stream
        and transitions.to_state = states.state
    left join canonical.stages
        on states.stream = stages.stream
        and states.stage = stages.stage
    window item_history as (
        partition by transitions.stream, transitions.item_id
        order by transitions.occurred_at, transitions.seq
    )

),

entries as (

    -- Most exports hold no transition into the first state: it began with the item.
    select
        ordered.stream,
        ordered.item_id,
        0 as event_no,
        ordered.from_state as state,
        items.created_at as entered_at,
        cast(null as varchar) as team,
        cast(null as varchar) as person
    from ordered
    join staging.items
        on ordered.stream = items.stream
        and ordered.item_id = items.item_id
    where ordered.event_no = 1 and ordered.from_state is not null and ordered.from_state <> ordered.to_state
    union all
    select
        ordered.stream,
        ordered.item_id,
        ordered.event_no,
        ordered.to_state as state,
        case
            when ordered.event_no = 1 and coalesce(ordered.from_state = ordered.to_state, not ordered.is_done)
                then items.created_at
            else ordered.occurred_at
        end as entered_at,
        ordered.team,
        ordered.person
    from ordered
    join staging.items
        on ordered.stream = items.stream
        and ordered.item_id = items.item_id
    union all
    -- What is first heard of when it is done was not done from its creation on: where it was, nobody tells.
    select
        ordered.stream,
        ordered.item_id,
        0 as event_no,
        '(unknown)' as state,
        items.created_at as entered_at,
        cast(null as varchar) as team,
        cast(null as varchar) as person
    from ordered
    join staging.items
        on ordered.stream = items.stream
        and ordered.item_id = items.item_id
    where
        ordered.event_no = 1
        and ordered.from_state is null
        and ordered.is_done
        and items.created_at < ordered.occurred_at
    union all
    -- An item without history has been in its present state since it was created, as far as anyone knows.
    select
        items.stream,
        items.item_id,
        1 as event_no,
        items.status as state,
        items.created_at as entered_at,
        cast(null as varchar) as team,
        cast(null as varchar) as person
    from staging.items
    where items.first_event_at is null and items.status is not null

)

select
    entries.stream,
    entries.item_id,
    cast(row_number() over (
        partition by entries.stream, entries.item_id order by entries.event_no
    ) as integer) as entry_no,
    entries.state,
    entries.entered_at,
    entries.team,
    entries.person
from entries
