/*
title = "Pull requests"
grain = "one row per record"
*/
with typed as (

    select
        records.record,
        options.stream,
        macros.present(records.item_id) as item_id,
        macros.present(records.source_id) as source_id,
        macros.present(records.title) as title,
        macros.present(records.status) as status,
        macros.present(records.service) as service,
        coalesce(macros.truth(records.is_bot), lower(macros.present(records.is_bot)) = 'bot') as is_bot,
        macros.present(records.created_at) as written_created,
        macros.instant(records.created_at, options.time_zone) as created_at,
        macros.present(records.merged_at) as written_merged,
        macros.instant(records.merged_at, options.time_zone) as merged_at,
        macros.present(records.closed_at) as written_closed,
        macros.instant(records.closed_at, options.time_zone) as closed_at,
        options.expected_time
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        row_number() over (partition by typed.item_id order by typed.record) as copy_no,
        case
            when typed.item_id is null then 'item_id'
            when typed.created_at is null then 'created_at'
            when typed.written_merged is not null and typed.merged_at is null then 'merged_at'
            when typed.written_closed is not null and typed.closed_at is null then 'closed_at'
            when typed.merged_at < typed.created_at then 'merged_at'
            when typed.closed_at < typed.created_at then 'closed_at'
        end as column_name
    from typed

)

select
    judged.* exclude (copy_no),
    judged.item_id as subject,
    case
        when judged.column_name is not null or judged.copy_no > 1 then 'set aside'
        else 'kept'
    end as fate,
    case
        when judged.column_name = 'item_id' then 'no item: the cell is empty'
        when judged.column_name = 'created_at' and judged.written_created is null then 'no time: the cell is empty'
        when judged.merged_at < judged.created_at or judged.closed_at < judged.created_at
            then 'it was closed before it was created'
        when judged.column_name is not null then 'not a date that can be read; expected ' || judged.expected_time
        when judged.copy_no > 1 then 'the pull request stands in an earlier record'
    end as reason,
    case judged.column_name
        when 'created_at' then judged.written_created
        when 'merged_at' then judged.written_merged
        when 'closed_at' then judged.written_closed
    end as value
from judged
