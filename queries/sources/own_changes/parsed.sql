/*
title = "Records of our own layout: changes"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.change_id) as change_id,
        macros.present(records.service) as service,
        macros.present(records.authored_at) as written_authored_at,
        macros.instant(records.authored_at, options.time_zone) as authored_at,
        macros.present(records.merged_at) as written_merged_at,
        macros.instant(records.merged_at, options.time_zone) as merged_at,
        macros.present(records.deployment_id) as deployment_id,
        macros.present(records.item_id) as item_id,
        macros.truth(records.is_revert) as is_revert,
        macros.truth(records.is_bot) as is_bot,
        coalesce(macros.truth(records.is_merge), false) as is_merge,
        options.expected_time
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        typed.change_id as subject,
        case
            when typed.change_id is null then 'change_id'
            when typed.written_authored_at is not null and typed.authored_at is null then 'authored_at'
            when typed.written_merged_at is not null and typed.merged_at is null then 'merged_at'
        end as column_name,
        case
            when typed.change_id is null then 'the cell is empty'
            when
                typed.written_authored_at is not null and typed.authored_at is null
                then 'not a date that can be read; expected ' || typed.expected_time
            when
                typed.written_merged_at is not null and typed.merged_at is null
                then 'not a date that can be read; expected ' || typed.expected_time
        end as reason,
        case
            when typed.written_authored_at is not null and typed.authored_at is null then typed.written_authored_at
            when typed.written_merged_at is not null and typed.merged_at is null then typed.written_merged_at
        end as value
    from typed

)

select
    judged.* exclude (reason),
    case
        when judged.reason is not null then 'set aside'
        when judged.is_merge then 'ignored'
        else 'kept'
    end as fate,
    case
        when judged.reason is not null then judged.reason
        -- As where the repository itself is read: it holds no work of its own, and would count that of others twice.
        when judged.is_merge then 'a merge commit: it joins changes and is none'
    end as reason
from judged
