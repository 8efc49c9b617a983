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
select
    moved.from_stage,
    moved.from_position,
    moved.to_stage,
    moved.to_position,
    moved.is_next_step,
    count(*) as moves,
    count(distinct moved.item_id) as items,
    quantile_cont(moved.days, 0.25) as quarter_days,
    quantile_cont(moved.days, 0.5) as half_days,
    quantile_cont(moved.days, 0.75) as most_days,
    max(moved.days) as longest_days,
    avg(case when moved.is_batched then 1 else 0 end) as batched_ratio
from macros.stage_moves($stream, $since, $until, $teams, $types, $clock) as moved
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
