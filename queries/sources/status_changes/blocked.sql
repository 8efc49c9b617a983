/*
title = "Blocked intervals"
grain = "one row per time that the flag was set"
*/
with flags as (

    select
        parsed.stream,
        parsed.item_id,
        parsed.occurred_at as blocked_at,
        lead(parsed.occurred_at) over (
            partition by parsed.stream, parsed.item_id order by parsed.occurred_at, parsed.seq, parsed.record
        ) as unblocked_at,
        parsed.state as reason
    from reading.parsed
    where parsed.field = 'flagged' and parsed.fate = 'kept' and parsed.occurred_at is not null

)

select
    flags.stream,
    flags.item_id,
    flags.blocked_at,
    flags.unblocked_at,
    flags.reason
from flags
where flags.reason is not null
