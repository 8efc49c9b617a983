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

without_history as (

    select
        items.stream,
        items.item_id,
        items.created_at,
        items.started_at,
        items.finished_at,
        items.cancelled_at,
        -- Whatever ended at a time that nobody tells is neither in progress nor finished.
        coalesce(items.status_category, 'backlog') in ('done', 'cancelled')
        and items.finished_at is null
        and items.cancelled_at is null as is_end_unknown,
        items.status
    from staging.items
    where items.first_event_at is null

),

told as (

    select
        without_history.stream,
        without_history.item_id,
        1 as event_no,
        case
            when without_history.started_at is not null then 'Not started'
            when coalesce(without_history.finished_at, without_history.cancelled_at) is not null then '(unknown)'
            when not without_history.is_end_unknown then without_history.status
        end as state,
        without_history.created_at as entered_at
    from without_history
    where
        coalesce(without_history.started_at, without_history.finished_at, without_history.cancelled_at) is null
        or without_history.created_at
        < coalesce(without_history.started_at, without_history.finished_at, without_history.cancelled_at)
    union all
    select
        without_history.stream,
        without_history.item_id,
        2 as event_no,
        case when without_history.is_end_unknown then '(unknown)' else 'In progress' end as state,
        without_history.started_at as entered_at
    from without_history
    union all
    select
        without_history.stream,
        without_history.item_id,
        3 as event_no,
        case when without_history.cancelled_at is null then 'Finished' else 'Withdrawn' end as state,
        coalesce(without_history.cancelled_at, without_history.finished_at) as entered_at
    from without_history

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
    -- An item without history: its dates tell where it was, and nothing else does.
    select
        told.stream,
        told.item_id,
        told.event_no,
        told.state,
        told.entered_at,
        cast(null as varchar) as team,
        cast(null as varchar) as person
    from told
    where told.entered_at is not null and told.state is not null

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
