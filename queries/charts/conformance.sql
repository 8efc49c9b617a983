/*
title = "Conformance"
question = "How many items follow the path that the team agreed on, and where do the others leave it?"
grain = "one row per deviation from the reference path, over the items that finished in the period; the most frequent first, before them those without any, and those in order"
[columns]
deviation = "none, only skipped (in order, but not every stage), went back, skipped or outside"
from_stage = "stage left, where it went back"
to_stage = "stage entered, where it went back; stage that was skipped, or is outside the path"
items = "items that did so at least once"
share_ratio = "of all items that finished in the period"
*/
with visited as (

    select
        visits.item_no,
        visits.stage,
        visits.position,
        visits.previous_stage,
        before.position as previous_position
    from marts.visits
    left join marts.stages as before
        on visits.stream = before.stream
        and visits.previous_stage = before.stage
    where
        visits.stream = $stream
        and visits.finished_on >= $since
        and visits.finished_on < $until
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))

),

-- Each place once an item, by its number alone: of many items little is held.
touched as materialized (

    select distinct
        visited.item_no,
        visited.position
    from visited

),

steps as (

    select
        stages.stage,
        stages.position,
        count(touched.item_no) as items
    from marts.stages
    -- Where nobody was, nobody skipped it.
    join touched
        on stages.position = touched.position
    where stages.stream = $stream and stages.category in ('backlog', 'in-progress')
    group by
        stages.stage,
        stages.position

),

reached as materialized (

    select
        touched.item_no,
        max(touched.position) as furthest,
        count(steps.position) as steps_count,
        bool_or(touched.position is null) as is_outside
    from touched
    left join steps
        on touched.position = steps.position
    group by touched.item_no

),

places as (

    select
        reached.furthest,
        count(*) as items
    from reached
    group by reached.furthest

),

-- How many steps lead to each place.
ways as (

    select
        places.furthest,
        count(*) as steps_count
    from places
    join steps
        on places.furthest >= steps.position
    group by places.furthest

),

went_back as materialized (

    select distinct
        visited.item_no,
        visited.previous_stage,
        visited.stage
    from visited
    where visited.position < visited.previous_position

),

came_back as (

    select distinct went_back.item_no
    from went_back

),

judged as (

    select
        coalesce(reached.steps_count < ways.steps_count, false) as has_skipped,
        reached.is_outside or came_back.item_no is not null as has_left
    from reached
    left join ways
        on reached.furthest = ways.furthest
    left join came_back
        on reached.item_no = came_back.item_no

),

counted as (

    select
        'none' as deviation,
        cast(null as varchar) as from_stage,
        cast(null as varchar) as to_stage,
        count(*) filter (where not judged.has_skipped and not judged.has_left) as items
    from judged
    union all
    select
        'only skipped' as deviation,
        cast(null as varchar) as from_stage,
        cast(null as varchar) as to_stage,
        count(*) filter (where judged.has_skipped and not judged.has_left) as items
    from judged
    union all
    select
        'went back' as deviation,
        went_back.previous_stage as from_stage,
        went_back.stage as to_stage,
        count(*) as items
    from went_back
    group by
        went_back.previous_stage,
        went_back.stage
    union all
    -- Who came to a step or beyond it, and was not there.
    select
        'skipped' as deviation,
        cast(null as varchar) as from_stage,
        steps.stage as to_stage,
        cast(sum(places.items) as bigint) - steps.items as items
    from steps
    join places
        on steps.position <= places.furthest
    group by
        steps.stage,
        steps.items
    having sum(places.items) > steps.items
    union all
    select
        'outside' as deviation,
        cast(null as varchar) as from_stage,
        visited.stage as to_stage,
        count(distinct visited.item_no) as items
    from visited
    where visited.position is null
    group by visited.stage

),

whole as (

    select count(*) as items
    from reached

)

select
    counted.deviation,
    counted.from_stage,
    counted.to_stage,
    counted.items,
    counted.items / whole.items as share_ratio
from counted
join whole
    on whole.items > 0
order by
    counted.deviation not in ('none', 'only skipped'),
    counted.deviation not in ('none'),
    counted.items desc,
    counted.deviation,
    counted.from_stage,
    counted.to_stage
