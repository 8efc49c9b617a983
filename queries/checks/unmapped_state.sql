/*
title = "State that no stage collects"
severity = "warning"
why = "Time in it is counted as waiting, and starts and ends in it are not seen."
remedy = "Add the state to a stage in streams.toml: vsm map writes one to start from."
*/
select
    visits.stream,
    transitions.to_state as subject,
    count(*) || ' visits' as detail
from marts.visits
join canonical.transitions
    on visits.stream = transitions.stream
    and visits.item_id = transitions.item_id
    and visits.entered_at = transitions.occurred_at
where visits.stage = '(unmapped)'
group by
    visits.stream,
    transitions.to_state
