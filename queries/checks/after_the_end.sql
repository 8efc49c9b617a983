/*
title = "Status change after the end"
severity = "note"
why = "The item had ended and was moved once more, to another end. It counts as ended at its first entry into the last kind of end, and what came after is in no figure; one that went on into a state that no stage collects does not count as finished."
remedy = "Is a state after done still work? Then map it as in progress. Was it a clean-up of the board? Then nothing is to be done."
*/
select
    visits.stream,
    visits.item_id as subject,
    'from '
    || arg_min(visits.previous_stage || ' to ' || visits.stage || ' on ' || visits.entered_on, visits.visit_no)
    || case when count(*) > 1 then ' and ' || (count(*) - 1) || ' more' else '' end as detail
from marts.visits
join marts.stages as previous_stages
    on visits.stream = previous_stages.stream
    and visits.previous_stage = previous_stages.stage
where
    previous_stages.category in ('done', 'cancelled')
    and coalesce(visits.category, '(unmapped)') not in ('backlog', 'in-progress')
group by
    visits.stream,
    visits.item_id
