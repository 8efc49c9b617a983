/*
title = "Other names of the pull requests"
grain = "one row per number that the tool gives one beside its key: whole, and the bare number at its end"
*/
with named as (

    select
        parsed.stream,
        parsed.item_id,
        unnest([parsed.source_id, string_split(parsed.source_id, ':')[-1]]) as alias
    from reading.parsed
    where parsed.fate = 'kept' and parsed.source_id is not null

)

select distinct
    named.stream,
    named.alias,
    named.item_id
from named
where named.alias <> '' and named.alias <> named.item_id
