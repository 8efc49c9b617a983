/*
title = "Changes of the status and of the flag"
grain = "one row per change in an entry; an entry may hold several"
*/
with changed as (

    select
        parsed.stream,
        parsed.item_id,
        parsed.entry_no,
        parsed.record,
        parsed.occurred_at,
        parsed.person,
        unnest(parsed.changes) as change,
        generate_subscripts(parsed.changes, 1) as change_no
    from reading.parsed
    where parsed.fate = 'kept'

)

select
    changed.stream,
    changed.item_id,
    coalesce(changed.entry_no, changed.record) * 1000 + changed.change_no as seq,
    changed.occurred_at,
    lower(json_extract_string(changed.change, '$.field')) as field,
    json_extract_string(changed.change, '$.fromString') as from_value,
    json_extract_string(changed.change, '$.toString') as to_value,
    changed.person
from changed
