/*
title = "Changes of fields"
grain = "one row per changed field of an issue's history"
*/
with histories as (

    select
        parsed.stream,
        parsed.item_id,
        unnest(cast(json_extract(parsed.issue, '$.changelog.histories') as json[])) as history
    from reading.parsed
    where parsed.fate = 'kept'

),

changed as (

    select
        histories.stream,
        histories.item_id,
        histories.history,
        unnest(cast(json_extract(histories.history, '$.items') as json[])) as change,
        generate_subscripts(cast(json_extract(histories.history, '$.items') as json[]), 1) as change_no
    from histories

)

select
    changed.stream,
    changed.item_id,
    -- Histories come newest first or oldest first; their numbers grow.
    coalesce(try_cast(json_extract_string(changed.history, '$.id') as bigint), 0) * 1000 + changed.change_no as seq,
    macros.instant(json_extract_string(changed.history, '$.created'), options.time_zone) as occurred_at,
    lower(json_extract_string(changed.change, '$.field')) as field,
    json_extract_string(changed.change, '$.fromString') as from_value,
    json_extract_string(changed.change, '$.toString') as to_value
from changed
cross join raw.options
where macros.instant(json_extract_string(changed.history, '$.created'), options.time_zone) is not null
