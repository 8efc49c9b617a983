/*
title = "Cumulative flow"
question = "Do items flow through, or pile up before a stage?"
grain = "one row per day and stage; items in a done stage are counted from the first day shown"
[columns]
day = "day in the stream's zone"
stage = "name of the stage"
position = "its order in the reference path"
category = "its category"
items = "items in the stage at the end of the day"
*/
with moves as (

    select
        greatest(flow_daily.day, cast($since as date)) as day,
        flow_daily.to_stage as stage,
        flow_daily.moves as change,
        flow_daily.day < $since as is_earlier
    from marts.flow_daily
    where
        flow_daily.stream = $stream
        and flow_daily.day < $until
        and ($teams is null or list_contains($teams, flow_daily.team))
        and ($types is null or list_contains($types, flow_daily.type))
    union all
    select
        greatest(flow_daily.day, cast($since as date)) as day,
        flow_daily.from_stage as stage,
        -flow_daily.moves as change,
        flow_daily.day < $since as is_earlier
    from marts.flow_daily
    where
        flow_daily.stream = $stream
        and flow_daily.day < $until
        and flow_daily.from_stage is not null
        and ($teams is null or list_contains($teams, flow_daily.team))
        and ($types is null or list_contains($types, flow_daily.type))

),

changes as (

    select
        moves.day,
        moves.stage,
        sum(moves.change) as change
    from moves
    join marts.stages
        on stages.stream = $stream
        and moves.stage = stages.stage
    where not (moves.is_earlier and stages.category = 'done')
    group by
        moves.day,
        moves.stage

),

days as (

    select periods.period_start as day
    from macros.periods($stream, $since, $until, 'day') as periods
    join marts.streams
        on streams.stream = $stream
    where periods.period_start <= streams.last_event_on

)

select
    days.day,
    stages.stage,
    stages.position,
    stages.category,
    cast(greatest(sum(coalesce(changes.change, 0)) over (
        partition by stages.stage
        order by days.day
        rows between unbounded preceding and current row
    ), 0) as bigint) as items
from days
cross join marts.stages
left join changes
    on days.day = changes.day
    and stages.stage = changes.stage
where stages.stream = $stream and stages.category <> 'cancelled'
order by
    days.day,
    stages.position
