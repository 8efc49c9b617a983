/*
title = "Entries into stages"
question = "Which patterns show when every step of every item is a dot?"
grain = "one row per entry into a stage, up to the one that ended the item, of the items on their way in the period; at most row_limit, then those of a sample of items"
[columns]
item_id = "key of the work item"
title = "what it is called"
row_number = "1 = the item shown on top"
visit_no = "visit of the item"
stage = "stage entered"
position = "its order in the reference path"
mode = "active or wait"
is_rework = "the stage was visited before, or one of a higher position was"
entered_at = "instant of the entry in the stream's zone"
since_days = "creation to the entry"
items_shown = "items of the sample"
items = "items, shown or not"
entries = "entries of all items, shown or not"
*/
with on_the_way as (

    select items.*
    from macros.items_on_the_way($stream, $since, $until, $teams, $types, $clock, $outcome, $sort, null) as items

),

counted as (

    select
        on_the_way.item_no,
        on_the_way.item_id,
        count(*) as entries
    from on_the_way
    join marts.visits
        on on_the_way.item_no = visits.item_no
    where visits.is_in_flow or visits.entered_at = on_the_way.ended_at
    group by
        on_the_way.item_no,
        on_the_way.item_id

),

-- Whole items, and the same ones every time.
sampled as (

    select
        counted.item_no,
        sum(counted.entries) over (
            order by md5(counted.item_id), counted.item_id
            rows between unbounded preceding and current row
        ) as entries_so_far
    from counted
    qualify entries_so_far <= $row_limit

),

whole as (

    select
        count(*) as items,
        count(sampled.item_no) as items_shown,
        cast(sum(counted.entries) as bigint) as entries
    from counted
    left join sampled
        on counted.item_no = sampled.item_no

)

select
    on_the_way.item_id,
    on_the_way.title,
    dense_rank() over (order by on_the_way.order_number) as row_number,
    visits.visit_no,
    visits.stage,
    visits.position,
    visits.mode,
    visits.is_rework,
    timezone(streams.time_zone, timezone('UTC', visits.entered_at)) as entered_at,
    coalesce(
        sum(case when $clock = 'working' then visits.working_seconds else visits.seconds end) over (
            partition by visits.item_no
            order by visits.visit_no
            rows between unbounded preceding and 1 preceding
        ), 0
    ) / 86400 as since_days,
    whole.items_shown,
    whole.items,
    whole.entries
from sampled
join on_the_way
    on sampled.item_no = on_the_way.item_no
join marts.visits
    on sampled.item_no = visits.item_no
    and (visits.is_in_flow or visits.entered_at = on_the_way.ended_at)
cross join whole
join marts.streams
    on streams.stream = $stream
order by
    on_the_way.order_number,
    visits.visit_no
