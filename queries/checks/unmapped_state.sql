/*
title = "State that no stage collects"
severity = "warning"
why = "Time in it is counted as waiting, and starts and ends in it are not seen: an item that ends in it never counts as finished."
remedy = "Add the state to a stage in streams.toml: vsm map writes one to start from."
*/
with entries as (

    select
        transitions.stream,
        transitions.item_id,
        transitions.to_state as state
    from canonical.transitions
    union all
    -- The state that an item was created in is only told as the one that it left first.
    select
        transitions.stream,
        transitions.item_id,
        arg_min(transitions.from_state, (transitions.occurred_at, transitions.seq)) as state
    from canonical.transitions
    group by
        transitions.stream,
        transitions.item_id
    having arg_min(transitions.from_state is not null, (transitions.occurred_at, transitions.seq))
    union all
    select
        items.stream,
        items.item_id,
        items.status as state
    from canonical.items
    anti join canonical.transitions
        on items.stream = transitions.stream
        and items.item_id = transitions.item_id
    where
        items.status is not null
        -- Where dates tell the way, the state of now is no part of it.
        and coalesce(items.started_at, items.finished_at, items.cancelled_at) is null

),

alike as (

    select
        states.stream,
        lower(trim(states.state)) as folded,
        min(states.state) as state
    from canonical.states
    group by
        states.stream,
        lower(trim(states.state))

)

select
    entries.stream,
    entries.state as subject,
    case count(distinct entries.item_id) when 1 then '1 item' else count(distinct entries.item_id) || ' items' end
    || coalesce('; the definition has "' || max(alike.state) || '"', '') as detail
from entries
anti join canonical.states
    on entries.stream = states.stream
    and entries.state = states.state
left join alike
    on entries.stream = alike.stream
    and lower(trim(entries.state)) = alike.folded
group by
    entries.stream,
    entries.state
