/*
title = "Back-flows of the map"
question = "Where does work come back, and to where?"
grain = "one row per edge that leads back, over the items finished in the period"
[columns]
from_stage = "stage left"
to_stage = "stage of a lower position that was entered"
moves = "how often"
share_ratio = "of all moves out of from_stage"
*/
with edges as (

    select
        visits.previous_stage as from_stage,
        visits.stage as to_stage,
        visits.position as to_position,
        count(*) as moves
    from marts.visits
    where
        visits.stream = $stream
        and visits.previous_stage is not null
        and visits.finished_on >= $since
        and visits.finished_on < $until
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))
    group by
        visits.previous_stage,
        visits.stage,
        visits.position

),

totals as (

    select
        edges.from_stage,
        sum(edges.moves) as moves
    from edges
    group by edges.from_stage

)

select
    edges.from_stage,
    edges.to_stage,
    cast(edges.moves as bigint) as moves,
    edges.moves / totals.moves as share_ratio
from edges
join totals
    on edges.from_stage = totals.from_stage
join marts.stages
    on stages.stream = $stream
    and edges.from_stage = stages.stage
where edges.to_position < stages.position
order by
    share_ratio desc,
    edges.from_stage
