/*
title = "Transitions"
grain = "one row per stage that an item entered; a blank cell is a stage that was skipped"
*/
with entered as (

    select
        parsed.stream,
        parsed.item_id,
        unnest(parsed.entries) as occurred_at,
        generate_subscripts(parsed.entries, 1) as position
    from reading.parsed
    where parsed.fate = 'kept'

)

select
    entered.stream,
    entered.item_id,
    entered.position as seq,
    entered.occurred_at,
    cast(null as varchar) as from_state,
    cell_names.state as to_state
from entered
join raw.cell_names
    on entered.position = cell_names.position
where entered.occurred_at is not null
