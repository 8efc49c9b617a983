/*
title = "Records of our own layout: links"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.kind) as kind,
        macros.present(records.from_id) as from_id,
        macros.present(records.to_id) as to_id
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        typed.from_id as subject,
        case
            when typed.kind is null then 'kind'
            when typed.from_id is null then 'from_id'
            when typed.to_id is null then 'to_id'
        end as column_name,
        case
            when typed.kind is null then 'the cell is empty'
            when typed.from_id is null then 'the cell is empty'
            when typed.to_id is null then 'the cell is empty'
        end as reason,
        cast(null as varchar) as value
    from typed

)

select
    judged.*,
    case when judged.reason is not null then 'set aside' else 'kept' end as fate
from judged
