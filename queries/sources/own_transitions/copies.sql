/*
title = "Records that say the same as another"
grain = "one row per record that says the same as an earlier one of the file"
*/
with hashed as (

    select
        typed.record,
        hash(
            typed.stream, typed.item_id, typed.seq, typed.occurred_at, typed.from_state, typed.to_state, typed.team,
            typed.person
        ) as row_hash
    from reading.typed

),

-- Copies are few: only what shares a hash is compared.
alike as (

    select hashed.record
    from hashed
    where hashed.row_hash in (
        select every.row_hash
        from hashed as every
        group by every.row_hash
        having count(*) > 1
    )

),

numbered as (

    select
        typed.record,
        row_number() over (
            partition by
                typed.stream, typed.item_id, typed.seq, typed.occurred_at, typed.from_state, typed.to_state,
                typed.team, typed.person
            order by typed.record
        ) as copy_no
    from reading.typed
    join alike
        on typed.record = alike.record

)

select numbered.record
from numbered
where numbered.copy_no > 1
