/*
title = "Records of our own layout: blocked"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.item_id) as item_id,
        macros.present(records.blocked_at) as written_blocked_at,
        macros.instant(records.blocked_at, options.time_zone) as blocked_at,
        macros.present(records.unblocked_at) as written_unblocked_at,
        macros.instant(records.unblocked_at, options.time_zone) as unblocked_at,
        macros.present(records.reason) as blocked_reason,
        options.expected_time
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        typed.item_id as subject,
        case
            when typed.item_id is null then 'item_id'
            when typed.written_blocked_at is null then 'blocked_at'
            when typed.written_blocked_at is not null and typed.blocked_at is null then 'blocked_at'
            when typed.written_unblocked_at is not null and typed.unblocked_at is null then 'unblocked_at'
        end as column_name,
        case
            when typed.item_id is null then 'the cell is empty'
            when typed.written_blocked_at is null then 'the cell is empty'
            when
                typed.written_blocked_at is not null and typed.blocked_at is null
                then 'not a date that can be read; expected ' || typed.expected_time
            when
                typed.written_unblocked_at is not null and typed.unblocked_at is null
                then 'not a date that can be read; expected ' || typed.expected_time
        end as reason,
        case
            when typed.written_blocked_at is not null and typed.blocked_at is null then typed.written_blocked_at
            when typed.written_unblocked_at is not null and typed.unblocked_at is null then typed.written_unblocked_at
        end as value
    from typed

)

select
    judged.*,
    case when judged.reason is not null then 'set aside' else 'kept' end as fate
from judged
