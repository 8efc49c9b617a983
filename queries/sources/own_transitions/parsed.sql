/*
title = "Records of our own layout: transitions"
grain = "one row per record of the file that has the right shape"
*/
with judged as (

    select
        typed.*,
        copies.record is not null as is_copy,
        case
            when typed.item_id is null then 'item_id'
            when typed.occurred_at is null and typed.no_time is null then 'occurred_at'
            when typed.to_state is null then 'to_state'
            when typed.occurred_at is null then 'occurred_at'
        end as column_name,
        case
            when typed.item_id is null or typed.to_state is null then 'the cell is empty'
            when typed.occurred_at is null and typed.no_time is null then 'the cell is empty'
            when typed.occurred_at is null then 'not a date that can be read; expected ' || options.expected_time
        end as reason
    from reading.typed
    cross join raw.options
    left join reading.copies
        on typed.record = copies.record

)

select
    judged.* exclude (reason, is_copy, no_time),
    judged.no_time as value,
    case when judged.reason is not null or judged.is_copy then judged.item_id end as subject,
    case
        when judged.reason is not null then judged.reason
        when judged.is_copy then 'the same as an earlier record'
    end as reason,
    case
        when judged.reason is not null then 'set aside'
        when judged.is_copy then 'ignored'
        else 'kept'
    end as fate
from judged
