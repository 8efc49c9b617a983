/*
title = "Transitions of a log of intervals"
grain = "one row per entry: into an activity at its start, into waiting when all that began before has ended"
*/
with ordered as (

    select
        intervals.stream,
        intervals.item_id,
        intervals.state,
        intervals.started_at,
        intervals.ended_at,
        intervals.team,
        intervals.person,
        row_number() over item_history as activity_no,
        lead(intervals.started_at) over item_history as next_at,
        max(coalesce(intervals.ended_at, timestamp '9999-12-31')) over (
            partition by intervals.stream, intervals.item_id
            order by intervals.started_at, intervals.seq
            rows between unbounded preceding and 1 preceding
        ) as busy_until
    from reading.intervals
    window item_history as (
        partition by intervals.stream, intervals.item_id order by intervals.started_at, intervals.seq
    )

)

select
    ordered.stream,
    ordered.item_id,
    2 * ordered.activity_no as seq,
    ordered.started_at as occurred_at,
    cast(null as varchar) as from_state,
    ordered.state as to_state,
    ordered.team,
    ordered.person
from ordered
union all
select
    ordered.stream,
    ordered.item_id,
    2 * ordered.activity_no - 1 as seq,
    ordered.busy_until as occurred_at,
    cast(null as varchar) as from_state,
    'Waiting for ' || ordered.state as to_state,
    ordered.team,
    cast(null as varchar) as person
from ordered
where ordered.busy_until < ordered.started_at
union all
-- A last activity without length is a mark such as "End": the item stays there.
select
    ordered.stream,
    ordered.item_id,
    2 * ordered.activity_no + 1 as seq,
    greatest(ordered.busy_until, ordered.ended_at) as occurred_at,
    cast(null as varchar) as from_state,
    ordered.state || ' · ended' as to_state,
    cast(null as varchar) as team,
    cast(null as varchar) as person
from ordered
where
    ordered.next_at is null
    and greatest(ordered.busy_until, ordered.ended_at) > ordered.started_at
    and greatest(ordered.busy_until, coalesce(ordered.ended_at, timestamp '9999-12-31')) < timestamp '9999-12-31'
