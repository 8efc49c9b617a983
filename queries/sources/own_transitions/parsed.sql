/*
title = "Records of our own layout: transitions"
grain = "one row per record of the file"
*/
with typed as materialized (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.item_id) as item_id,
        try_cast(records.seq as bigint) as seq,
        macros.present(records.occurred_at) as written_occurred_at,
        macros.instant(records.occurred_at, options.time_zone) as occurred_at,
        macros.present(records.from_state) as from_state,
        macros.present(records.to_state) as to_state,
        macros.present(records.team) as team,
        macros.pseudonym(macros.present(records.person), options.people_key) as person,
        options.expected_time
    from raw.records
    cross join raw.options

),

hashed as (

    select
        typed.record,
        hash(
            typed.stream, typed.item_id, typed.seq, typed.occurred_at, typed.from_state, typed.to_state, typed.team,
            typed.person
        ) as row_hash
    from typed

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

copies as (

    select
        typed.record,
        row_number() over (
            partition by
                typed.stream, typed.item_id, typed.seq, typed.occurred_at, typed.from_state, typed.to_state,
                typed.team, typed.person
            order by typed.record
        ) as copy_no
    from typed
    join alike
        on typed.record = alike.record

),

judged as (

    select
        typed.*,
        copies.copy_no,
        case
            when typed.item_id is null then 'item_id'
            when typed.written_occurred_at is null then 'occurred_at'
            when typed.to_state is null then 'to_state'
            when typed.written_occurred_at is not null and typed.occurred_at is null then 'occurred_at'
        end as column_name,
        case
            when typed.item_id is null then 'the cell is empty'
            when typed.written_occurred_at is null then 'the cell is empty'
            when typed.to_state is null then 'the cell is empty'
            when
                typed.written_occurred_at is not null and typed.occurred_at is null
                then 'not a date that can be read; expected ' || typed.expected_time
        end as reason,
        case
            when typed.written_occurred_at is not null and typed.occurred_at is null then typed.written_occurred_at
        end as value
    from typed
    left join copies
        on typed.record = copies.record

)

select
    judged.* exclude (reason, copy_no, written_occurred_at, expected_time),
    case when judged.reason is not null or judged.copy_no > 1 then judged.item_id end as subject,
    case
        when judged.reason is not null then judged.reason
        when judged.copy_no > 1 then 'the same as an earlier record'
    end as reason,
    case
        when judged.reason is not null then 'set aside'
        when judged.copy_no > 1 then 'ignored'
        else 'kept'
    end as fate
from judged
