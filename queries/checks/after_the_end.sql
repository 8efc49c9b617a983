/*
title = "Status change after the end"
severity = "note"
why = "The item had ended and was moved once more, to another end. It counts as ended at its first entry into the last kind of end, and what came after is in no figure; one that went on into a state that no stage collects does not count as finished."
remedy = "Is a state after done still work? Then map it as in progress. Was it a clean-up of the board? Then nothing is to be done."
*/
with moved as (

    select
        visits.stream,
        visits.item_id,
        visits.visit_no,
        visits.stage,
        visits.category,
        visits.entered_on,
        lag(visits.stage) over item_history as previous_stage,
        lag(visits.category) over item_history as previous_category
    from marts.visits
    window item_history as (partition by visits.item_no order by visits.visit_no)

)

select
    moved.stream,
    moved.item_id as subject,
    'from ' || arg_min(moved.previous_stage || ' to ' || moved.stage || ' on ' || moved.entered_on, moved.visit_no)
    || case when count(*) > 1 then ' and ' || (count(*) - 1) || ' more' else '' end as detail
from moved
where
    moved.previous_category in ('done', 'cancelled')
    and coalesce(moved.category, '(unmapped)') not in ('backlog', 'in-progress')
group by
    moved.stream,
    moved.item_id
