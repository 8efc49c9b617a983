/*
title = "Activities with a start and an end"
grain = "one row per execution of an activity; ended_at is null while it is going on"
*/
with counted as (

    select
        parsed.*,
        count(*) filter (where parsed.lifecycle = 'start') over steps as starts_so_far,
        count(*) filter (where parsed.lifecycle = 'complete') over steps as completions_so_far
    from reading.parsed
    where parsed.fate = 'kept' and parsed.event_is = 'start-complete'
    window steps as (
        partition by parsed.stream, parsed.item_id, parsed.state, parsed.instance
        order by parsed.occurred_at, parsed.lifecycle = 'complete', parsed.seq
        rows between unbounded preceding and current row
    )

),

surplus as (

    -- Completions that no start before them explains.
    select
        counted.*,
        greatest(0, max(counted.completions_so_far - counted.starts_so_far) over (
            partition by counted.stream, counted.item_id, counted.state, counted.instance
            order by counted.occurred_at, counted.lifecycle = 'complete', counted.seq
            rows between unbounded preceding and current row
        )) as without_start
    from counted

),

numbered as (

    select
        surplus.*,
        case
            when surplus.lifecycle = 'start' then surplus.starts_so_far
            when surplus.completions_so_far - surplus.starts_so_far < surplus.without_start or surplus.without_start = 0
                then surplus.completions_so_far - surplus.without_start
            when
                surplus.without_start
                = coalesce(
                    lag(surplus.without_start) over (
                        partition by surplus.stream, surplus.item_id, surplus.state, surplus.instance
                        order by surplus.occurred_at, surplus.lifecycle = 'complete', surplus.seq
                    ),
                    0
                )
                then surplus.completions_so_far - surplus.without_start
        end as execution
    from surplus

)

select
    parsed.stream,
    parsed.item_id,
    parsed.state,
    -- An activity without a start has no length.
    coalesce(parsed.started_at, parsed.occurred_at) as started_at,
    parsed.occurred_at as ended_at,
    parsed.seq,
    parsed.team,
    parsed.person
from reading.parsed
where parsed.fate = 'kept' and parsed.event_is = 'interval'
union all
-- The n-th start of an activity belongs to the n-th completion that one explains; one without a start has no length.
select
    coalesce(starts.stream, completions.stream) as stream,
    coalesce(starts.item_id, completions.item_id) as item_id,
    coalesce(starts.state, completions.state) as state,
    coalesce(starts.occurred_at, completions.occurred_at) as started_at,
    completions.occurred_at as ended_at,
    coalesce(starts.seq, completions.seq) as seq,
    coalesce(starts.team, completions.team) as team,
    coalesce(starts.person, completions.person) as person
from (select * from numbered where numbered.lifecycle = 'start') as starts
full join (select * from numbered where numbered.lifecycle = 'complete') as completions
    on starts.stream = completions.stream
    and starts.item_id = completions.item_id
    and starts.state = completions.state
    and starts.instance is not distinct from completions.instance
    and starts.execution = completions.execution
