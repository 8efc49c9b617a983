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
        date_add(options.imported_at, interval 1 day) as latest_at,
        options.expected_time
    from raw.records
    cross join raw.options

),

compared as (

    select
        typed.*,
        macros.time_fault(typed.written_blocked_at, typed.blocked_at, typed.latest_at, typed.expected_time) as blocked_at_fault,
        macros.time_fault(typed.written_unblocked_at, typed.unblocked_at, typed.latest_at, typed.expected_time)
            as unblocked_at_fault,
        row_number()
            over (
                partition by
                    typed.stream, typed.item_id, typed.written_blocked_at, typed.written_unblocked_at, typed.blocked_reason
                order by typed.record
            )
            as copy_no,
        count(*) over (partition by typed.stream, typed.item_id) as copies,
        count(*)
            over (
                partition by
                    typed.stream, typed.item_id, typed.written_blocked_at, typed.written_unblocked_at, typed.blocked_reason
            )
            as equal_copies
    from typed

),

judged as (

    select
        compared.*,
        case
            when compared.item_id is null then 'item_id'
            when compared.written_blocked_at is null then 'blocked_at'
            when compared.blocked_at_fault is not null then 'blocked_at'
            when compared.unblocked_at_fault is not null then 'unblocked_at'
            when compared.unblocked_at < compared.blocked_at then 'unblocked_at'
        end as column_name,
        case
            when compared.item_id is null then 'the cell is empty'
            when compared.written_blocked_at is null then 'the cell is empty'
            when compared.blocked_at_fault is not null then compared.blocked_at_fault
            when compared.unblocked_at_fault is not null then compared.unblocked_at_fault
            when compared.unblocked_at < compared.blocked_at then 'it ended before it began'
        end as fault
    from compared

)

select
    judged.* exclude (copy_no, copies, equal_copies, latest_at, expected_time),
    judged.item_id as subject,
    case
        when judged.fault is not null then 'set aside'
        when judged.copy_no > 1 then 'ignored'
        else 'kept'
    end as fate,
    case
        when judged.fault is not null then judged.fault
        when judged.copy_no > 1 then 'the same as an earlier record'
    end as reason,
    case judged.column_name
        when 'blocked_at' then judged.written_blocked_at
        when 'unblocked_at' then judged.written_unblocked_at
    end as value
from judged
