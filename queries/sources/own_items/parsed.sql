/*
title = "Records of our own layout: items"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.item_id) as item_id,
        macros.present(records.title) as title,
        macros.present(records.type) as type,
        macros.present(records.team) as team,
        macros.present(records.priority) as priority,
        macros.present(records.parent_id) as parent_id,
        macros.present(records.created_at) as written_created_at,
        macros.instant(records.created_at, options.time_zone) as created_at,
        macros.present(records.status) as status,
        macros.instant(records.first_seen_at, options.time_zone) as first_seen_at,
        macros.instant(records.last_seen_at, options.time_zone) as last_seen_at
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        case
            when typed.item_id is null then 'item_id'
            when typed.written_created_at is null and typed.first_seen_at is null then 'created_at'
            when typed.written_created_at is not null and typed.created_at is null then 'created_at'
        end as column_name,
        case
            when typed.item_id is null then 'the cell is empty'
            when typed.written_created_at is null and typed.first_seen_at is null then 'no time: the cell is empty'
            when
                typed.written_created_at is not null and typed.created_at is null
                then 'not a date that can be read; expected ISO 8601, such as 2024-05-31T14:30:00Z'
        end as reason,
        case
            when typed.written_created_at is not null and typed.created_at is null then typed.written_created_at
        end as value
    from typed

)

select
    judged.*,
    case when judged.reason is not null then 'set aside' else 'kept' end as fate
from judged
