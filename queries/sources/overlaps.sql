/*
title = "Activities that run beside another of their item"
grain = "one row: how many begin before an earlier one has ended"
*/
with ordered as (

    select
        intervals.started_at,
        max(intervals.ended_at) over (
            partition by intervals.stream, intervals.item_id
            order by intervals.started_at, intervals.seq
            rows between unbounded preceding and 1 preceding
        ) as busy_until
    from reading.intervals

)

select cast(count(*) filter (where ordered.started_at < ordered.busy_until) as bigint) as activities
from ordered
