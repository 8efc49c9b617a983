/*
title = "Reviews of pull requests"
grain = "one row per record"
*/
select
    records.record,
    options.stream,
    macros.present(records.item_id) as item_id,
    macros.present(records.item_id) as subject,
    macros.instant(records.reviewed_at, options.time_zone) as reviewed_at,
    case
        when macros.present(records.item_id) is null or macros.instant(records.reviewed_at, options.time_zone) is null
            then 'set aside'
        else 'kept'
    end as fate,
    case
        when macros.present(records.item_id) is null then 'no pull request: the cell is empty'
        when macros.instant(records.reviewed_at, options.time_zone) is null
            then 'not a date that can be read; expected ' || options.expected_time
    end as reason,
    case
        when macros.present(records.item_id) is null then 'item_id'
        when macros.instant(records.reviewed_at, options.time_zone) is null then 'reviewed_at'
    end as column_name,
    case
        when macros.instant(records.reviewed_at, options.time_zone) is null then macros.present(records.reviewed_at)
    end as value
from raw.records
cross join raw.options
