/*
title = "Crossings"
grain = "one row per item and active stage that it left forwards"
[columns]
stream = "value stream"
item_id = "key of the work item"
stage = "active stage in progress that was left"
position = "its order in the reference path"
next_stage = "stage entered at the first crossing"
next_step = "first active stage in progress that the item came to after it; null where that lies before it, or none came"
is_returned = "the item later came back to the stage or to one before"
team = "team of the item"
type = "type of the item"
finished_on = "day the item finished; null if it did not"
*/
with ahead as (

    select
        visits.item_no,
        visits.stream,
        visits.item_id,
        visits.visit_no,
        visits.stage,
        visits.position,
        visits.category,
        visits.mode,
        visits.team,
        visits.type,
        visits.finished_on,
        lead(visits.stage) over item_history as next_stage,
        lead(
            case when visits.mode = 'active' and visits.category = 'in-progress' then visits.stage end ignore nulls
        ) over item_history as next_step,
        lead(
            case when visits.mode = 'active' and visits.category = 'in-progress' then visits.position end ignore nulls
        ) over item_history as next_step_position,
        lead(visits.position) over item_history as next_position,
        min(visits.position) over (
            partition by visits.item_no
            order by visits.visit_no
            rows between 1 following and unbounded following
        ) as lowest_after
    from marts.visits
    window item_history as (partition by visits.item_no order by visits.visit_no)

),

numbered as (

    select
        ahead.*,
        row_number() over (
            partition by ahead.item_no, ahead.position order by ahead.visit_no
        ) as crossing_no
    from ahead
    where
        ahead.mode = 'active'
        and ahead.category = 'in-progress'
        and ahead.next_position > ahead.position

)

select
    numbered.stream,
    numbered.item_id,
    numbered.stage,
    numbered.position,
    numbered.next_stage,
    case when numbered.next_step_position > numbered.position then numbered.next_step end as next_step,
    numbered.lowest_after <= numbered.position as is_returned,
    numbered.team,
    numbered.type,
    numbered.finished_on
from numbered
where numbered.crossing_no = 1
order by
    numbered.stream,
    numbered.finished_on
