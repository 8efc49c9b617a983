/*
title = "States with their category"
grain = "one row per state that the tool gives a category"
*/
with named as (

    select
        parsed.stream,
        parsed.state,
        parsed.to_category as word
    from reading.parsed
    where parsed.fate <> 'set aside' and parsed.to_category is not null
    union
    select
        parsed.stream,
        parsed.from_state as state,
        parsed.from_category as word
    from reading.parsed
    where parsed.fate <> 'set aside' and parsed.from_category is not null

)

select
    named.stream,
    named.state,
    -- In Azure DevOps what is resolved still waits to be verified.
    max(case when named.word = 'Resolved' then 'in-progress' else words.category end) as category,
    cast(null as integer) as position
from named
join raw.words
    on named.word = words.word
where named.state is not null and words.category is not null
group by
    named.stream,
    named.state
having count(distinct words.category) = 1
