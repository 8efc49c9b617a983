/*
title = "Activities with a start and an end"
grain = "one row per execution of an activity; ended_at is null while it is going on"
*/
with numbered as (

    select
        parsed.*,
        row_number() over (
            partition by parsed.stream, parsed.item_id, parsed.state, parsed.instance, parsed.lifecycle
            order by parsed.occurred_at, parsed.seq
        ) as execution
    from reading.parsed
    where parsed.fate = 'kept' and parsed.event_is = 'start-complete'

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
-- The n-th start of an activity belongs to its n-th completion; one without a start has no length.
select
    coalesce(starts.stream, completions.stream) as stream,
    coalesce(starts.item_id, completions.item_id) as item_id,
    coalesce(starts.state, completions.state) as state,
    coalesce(starts.occurred_at, completions.occurred_at) as started_at,
    case
        when completions.occurred_at < starts.occurred_at then starts.occurred_at
        else completions.occurred_at
    end as ended_at,
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
