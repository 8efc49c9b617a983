/*
title = "States with their category"
grain = "one row per state that the source gives a category of its own"
*/
select
    parsed.stream,
    parsed.status as state,
    max(parsed.category) as category,
    cast(null as integer) as position
from reading.parsed
where
    parsed.fate = 'kept'
    and parsed.status is not null
    and parsed.category is not null
    -- Where dates tell the way, the state of now is no part of it.
    and coalesce(parsed.started_at, parsed.finished_at, parsed.cancelled_at) is null
    and (select count(*) from raw.columns where columns.role = 'category') > 0
group by
    parsed.stream,
    parsed.status
having count(distinct parsed.category) = 1
