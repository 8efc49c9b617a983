/*
title = "States of the process map"
question = "Which states did items go through, in which order, and for how long?"
grain = "one row per state, over the items that ended in the period; in the order in which items usually reach them"
[columns]
state = "state as the source names it"
stage = "stage that collects it; null where none does"
mode = "active or wait, as the stage has it"
entries = "how often it was entered"
items = "items that were in it"
ended_stays = "how many stays ended: items were in an end state until the data end"
median_days = "median time of the stays that ended; null where none did"
mean_days = "mean time of a stay"
total_days = "all stays together"
place = "mean place on the way, from 0 (first) to 1 (last)"
*/
with chosen as (

    select
        moves.item_no,
        moves.move_no,
        moves.to_state as state,
        moves.is_end_mark,
        lead(
            case when $clock = 'working' then moves.working_seconds else moves.seconds end
        ) over item_history / 86400 as days,
        (moves.move_no - 1) / nullif(max(moves.move_no) over (partition by moves.item_no) - 1, 0) as place
    from marts.moves
    where
        moves.stream = $stream
        and moves.ended_on >= $since
        and moves.ended_on < $until
        and ($teams is null or list_contains($teams, moves.team))
        and ($types is null or list_contains($types, moves.type))
    window item_history as (partition by moves.item_no order by moves.move_no)

),

known as (

    select
        stages.stage,
        stages.mode,
        stages.position,
        unnest(stages.states) as state
    from marts.stages
    where stages.stream = $stream

),

summed as (

    select
        chosen.state,
        any_value(known.stage) as stage,
        any_value(known.mode) as mode,
        min(coalesce(known.position, 1000)) as position,
        count(*) as entries,
        count(distinct chosen.item_no) as items,
        count(chosen.days) as ended_stays,
        quantile_cont(chosen.days, 0.5) as median_days,
        avg(chosen.days) as mean_days,
        sum(chosen.days) as total_days,
        avg(coalesce(chosen.place, 0)) as place
    from chosen
    left join known
        on chosen.state = known.state
    where not chosen.is_end_mark
    group by chosen.state

)

select
    summed.state,
    summed.stage,
    summed.mode,
    summed.entries,
    summed.items,
    summed.ended_stays,
    summed.median_days,
    summed.mean_days,
    summed.total_days,
    summed.place
from summed
order by
    summed.position,
    summed.place,
    summed.state
