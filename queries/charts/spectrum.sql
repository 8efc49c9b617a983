/*
title = "Performance spectrum"
question = "How did each item pass from stage to stage: steadily, in batches, one overtaking the other?"
grain = "one row per move between two stages that ended in the period, of the ten most frequent pairs, or with group_by = path of all neighbours on the reference path; at most row_limit, then those of a sample of items"
[columns]
from_stage = "stage left"
to_stage = "stage entered"
segment_number = "1 = the pair of stages shown on top, in the order of the reference path"
item_id = "key of the work item"
visit_no = "its visit to the first stage"
entered_at = "instant it entered the first stage, in the stream's zone"
left_at = "instant it entered the second, in the stream's zone"
days = "time between the two"
quarter = "1 = among the fastest quarter of all moves of the pair, 4 = among the slowest"
moves_shown = "moves of the sample"
moves = "moves of these pairs, shown or not"
*/
with moved as (

    select moves.*
    from macros.stage_moves($stream, $since, $until, $teams, $types, $clock) as moves

),

pairs as (

    select
        moved.from_stage,
        moved.to_stage,
        moved.from_position,
        moved.to_position,
        moved.is_next_step,
        list_extract(quantile_cont(moved.days, [0.25, 0.5, 0.75]), 1) as quarter_days,
        list_extract(quantile_cont(moved.days, [0.25, 0.5, 0.75]), 2) as half_days,
        list_extract(quantile_cont(moved.days, [0.25, 0.5, 0.75]), 3) as most_days,
        row_number() over (
            order by
                count(*) desc, moved.from_position asc, moved.to_position asc, moved.from_stage asc, moved.to_stage asc
        ) as frequency_rank
    from moved
    group by
        moved.from_stage,
        moved.from_position,
        moved.to_stage,
        moved.to_position,
        moved.is_next_step

),

segments as (

    select
        pairs.*,
        row_number() over (
            order by
                pairs.from_position asc nulls last,
                pairs.to_position asc nulls last,
                pairs.from_stage,
                pairs.to_stage
        ) as segment_number
    from pairs
    where case when $group_by = 'path' then pairs.is_next_step else pairs.frequency_rank <= 10 end

),

shown as (

    select
        moved.*,
        segments.segment_number,
        segments.quarter_days,
        segments.half_days,
        segments.most_days
    from moved
    join segments
        on moved.from_stage = segments.from_stage
        and moved.to_stage = segments.to_stage

),

counted as (

    select
        shown.item_no,
        shown.item_id,
        count(*) as moves
    from shown
    group by
        shown.item_no,
        shown.item_id

),

-- Whole items, and the same ones every time.
sampled as (

    select
        counted.item_no,
        sum(counted.moves) over () as moves,
        sum(counted.moves) over (
            order by md5(counted.item_id), counted.item_id
            rows between unbounded preceding and current row
        ) as moves_so_far
    from counted
    qualify moves_so_far <= $row_limit

)

select
    shown.from_stage,
    shown.to_stage,
    shown.segment_number,
    shown.item_id,
    shown.visit_no,
    timezone(streams.time_zone, timezone('UTC', shown.entered_at)) as entered_at,
    timezone(streams.time_zone, timezone('UTC', shown.left_at)) as left_at,
    shown.days,
    case
        when shown.days <= shown.quarter_days then 1
        when shown.days <= shown.half_days then 2
        when shown.days <= shown.most_days then 3
        else 4
    end as quarter,
    count(*) over () as moves_shown,
    cast(sampled.moves as bigint) as moves
from shown
join sampled
    on shown.item_no = sampled.item_no
join marts.streams
    on streams.stream = $stream
order by
    shown.segment_number,
    shown.left_at,
    shown.item_id,
    shown.visit_no
