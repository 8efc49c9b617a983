/*
title = "Times of the moves between stages"
question = "Which moves from stage to stage are made, how long do they take, and which are made in batches?"
grain = "one row per pair of stages that items moved between in the period, the most frequent first; a move's time is the stay in the first stage"
[columns]
from_stage = "stage left"
from_position = "its order in the reference path"
to_stage = "stage entered"
to_position = "its order in the reference path"
is_next_step = "it is the next stage of the reference path"
moves = "how often that happened"
items = "how many items did it"
quarter_days = "a quarter took no longer"
half_days = "half took no longer"
most_days = "three quarters took no longer"
longest_days = "the longest"
batched_ratio = "share of the moves made within one hour by the clock with four others or more"
*/
with moved as materialized (

    select moves.*
    from macros.stage_moves($stream, $since, $until, $teams, $types, $clock) as moves

),

hours as (

    select
        moved.from_stage,
        moved.to_stage,
        count(*) as moves
    from moved
    group by
        moved.from_stage,
        moved.to_stage,
        date_trunc('hour', moved.left_at)

),

-- Within one hour by the clock, with four others or more.
batches as (

    select
        hours.from_stage,
        hours.to_stage,
        coalesce(sum(hours.moves) filter (where hours.moves >= 5), 0) / sum(hours.moves) as batched_ratio
    from hours
    group by
        hours.from_stage,
        hours.to_stage

)

select
    moved.from_stage,
    moved.from_position,
    moved.to_stage,
    moved.to_position,
    moved.is_next_step,
    count(*) as moves,
    count(distinct moved.item_no) as items,
    list_extract(quantile_cont(moved.days, [0.25, 0.5, 0.75]), 1) as quarter_days,
    list_extract(quantile_cont(moved.days, [0.25, 0.5, 0.75]), 2) as half_days,
    list_extract(quantile_cont(moved.days, [0.25, 0.5, 0.75]), 3) as most_days,
    max(moved.days) as longest_days,
    any_value(batches.batched_ratio) as batched_ratio
from moved
join batches
    on moved.from_stage = batches.from_stage
    and moved.to_stage = batches.to_stage
group by
    moved.from_stage,
    moved.from_position,
    moved.to_stage,
    moved.to_position,
    moved.is_next_step
order by
    moves desc,
    moved.from_position,
    moved.to_position,
    moved.from_stage,
    moved.to_stage
