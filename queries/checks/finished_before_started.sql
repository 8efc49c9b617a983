/*
title = "Finished before it was started"
severity = "warning"
why = "The item was done before it was in progress for the first time: start and finish are exchanged, or it was closed and taken up later. Its cycle time is counted from that first end on."
remedy = "Correct the dates in the source; if the item was closed by mistake, nothing is to be done."
*/
with firsts as (

    select
        visits.stream,
        visits.item_id,
        min(visits.visit_no) filter (where visits.category = 'done') as done_no,
        min(visits.visit_no) filter (where visits.category = 'in-progress') as begun_no,
        arg_min(visits.stage || ' on ' || visits.entered_on, visits.visit_no)
        filter (where visits.category = 'done') as done,
        arg_min(visits.stage || ' on ' || visits.entered_on, visits.visit_no)
        filter (where visits.category = 'in-progress') as begun
    from marts.visits
    where visits.category in ('in-progress', 'done')
    group by
        visits.stream,
        visits.item_id

)

select
    firsts.stream,
    firsts.item_id as subject,
    firsts.done || ', then ' || firsts.begun as detail
from firsts
where firsts.done_no < firsts.begun_no
