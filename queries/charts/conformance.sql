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

reached as (

    select
        visited.item_no,
        max(visited.position) as furthest
    from visited
    group by visited.item_no

),

deviations as (

    select
        visited.item_no,
        'went back' as deviation,
        visited.previous_stage as from_stage,
        visited.stage as to_stage
    from visited
    where visited.position < visited.previous_position
    union all
    select
        reached.item_no,
        'skipped' as deviation,
        null as from_stage,
        stages.stage as to_stage
    from reached
    join marts.stages
        on stages.stream = $stream
        and stages.position < reached.furthest
        and stages.category in ('backlog', 'in-progress')
        -- Where nobody was, nobody skipped it.
        and stages.stage in (select seen.stage from visited as seen)
    left join visited
        on reached.item_no = visited.item_no
        and stages.stage = visited.stage
    where visited.item_no is null
    union all
    select
        visited.item_no,
        'outside' as deviation,
        null as from_stage,
        visited.stage as to_stage
    from visited
    where visited.position is null

),

in_order as (

    select deviations.item_no
    from deviations
    group by deviations.item_no
    having bool_and(deviations.deviation = 'skipped')

),

counted as (

    select
        'none' as deviation,
        null as from_stage,
        null as to_stage,
        count(*) filter (where reached.item_no not in (select deviations.item_no from deviations)) as items
    from reached
    union all
    select
        'only skipped' as deviation,
        null as from_stage,
        null as to_stage,
        count(*) as items
    from in_order
    union all
    select
        deviations.deviation,
        deviations.from_stage,
        deviations.to_stage,
        count(distinct deviations.item_no) as items
    from deviations
    group by
        deviations.deviation,
        deviations.from_stage,
        deviations.to_stage

)

select
    counted.deviation,
    counted.from_stage,
    counted.to_stage,
    counted.items,
    counted.items / nullif((select count(*) from reached), 0) as share_ratio
from counted
where (select count(*) from reached) > 0
order by
    counted.deviation not in ('none', 'only skipped'),
    counted.deviation not in ('none'),
    counted.items desc,
    counted.deviation,
    counted.from_stage,
    counted.to_stage
