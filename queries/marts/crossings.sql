/*
title = "Crossings"
grain = "one row per item and active stage that it left forwards"
[columns]
item_no = "the item's place in marts.items"
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
with told as (

    select
        visits.item_no,
        visits.visit_no,
        places.stream,
        places.position,
        visits.is_worked
    from staging.visits
    join staging.places
        on visits.place_no = places.place_no

),

ahead as (

    select
        told.item_no,
        told.visit_no,
        told.stream,
        told.position,
        told.is_worked,
        lead(told.position) over item_history as next_position,
        lead(case when told.is_worked then told.position end ignore nulls) over item_history as next_step_position,
        min(told.position) over (
            partition by told.item_no
            order by told.visit_no
            rows between 1 following and unbounded following
        ) as lowest_after
    from told
    window item_history as (partition by told.item_no order by told.visit_no)

),

numbered as (

    select
        ahead.*,
        row_number() over (partition by ahead.item_no, ahead.position order by ahead.visit_no) as crossing_no
    from ahead
    where
        ahead.is_worked
        and ahead.next_position > ahead.position

)

select
    items.item_no,
    items.stream,
    items.item_id,
    stages.stage,
    numbered.position,
    next_stages.stage as next_stage,
    next_steps.stage as next_step,
    numbered.lowest_after <= numbered.position as is_returned,
    items.team,
    items.type,
    items.finished_on
from numbered
join staging.item_order
    on numbered.item_no = item_order.item_no
join marts.items
    on item_order.order_no = items.item_no
join staging.stages
    on numbered.stream = stages.stream
    and numbered.position = stages.position
join staging.stages as next_stages
    on numbered.stream = next_stages.stream
    and numbered.next_position = next_stages.position
left join staging.stages as next_steps
    on numbered.stream = next_steps.stream
    and numbered.next_step_position = next_steps.position
    and numbered.next_step_position > numbered.position
where numbered.crossing_no = 1
order by
    items.stream,
    items.finished_on
