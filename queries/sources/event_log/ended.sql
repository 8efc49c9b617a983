/*
title = "Transitions of a log of completions"
grain = "one row per entry: an event's time says when the activity ended, the time since the event before belongs to it"
*/
with ordered as (

    select
        parsed.stream,
        parsed.item_id,
        parsed.seq,
        parsed.occurred_at,
        parsed.state,
        parsed.team,
        parsed.person,
        lag(parsed.occurred_at) over item_history as previous_at,
        lead(parsed.occurred_at) over item_history as next_at,
        row_number() over item_history as event_no
    from reading.parsed
    where parsed.fate = 'kept' and parsed.event_is = 'ended'
    window item_history as (
        partition by parsed.stream, parsed.item_id order by parsed.occurred_at, parsed.seq
    )

)

select
    ordered.stream,
    ordered.item_id,
    ordered.event_no as seq,
    coalesce(ordered.previous_at, ordered.occurred_at) as occurred_at,
    cast(null as varchar) as from_state,
    ordered.state as to_state,
    ordered.team,
    ordered.person
from ordered
union all
-- After the last event nobody knows what the item waits for, or whether it is finished.
select
    ordered.stream,
    ordered.item_id,
    ordered.event_no + 1 as seq,
    ordered.occurred_at,
    cast(null as varchar) as from_state,
    ordered.state || ' · ended' as to_state,
    cast(null as varchar) as team,
    cast(null as varchar) as person
from ordered
where ordered.next_at is null
