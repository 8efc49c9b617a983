/*
title = "Transitions"
grain = "one row per move of a card into a list; archiving a card moves it to Archived, sending it back to its list"
*/
select
    parsed.stream,
    parsed.item_id,
    -- Trello writes the newest action first.
    -parsed.record as seq,
    parsed.occurred_at,
    parsed.from_state,
    case
        when parsed.is_archiving and parsed.closed = 'true' then 'Archived'
        else parsed.to_state
    end as to_state,
    parsed.person
from reading.parsed
where
    parsed.fate = 'kept'
    and parsed.kind <> 'card'
    and case when parsed.is_archiving and parsed.closed = 'true' then 'Archived' else parsed.to_state end is not null
