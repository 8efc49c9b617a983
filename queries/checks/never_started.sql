/*
title = "Finished without being started"
severity = "warning"
why = "The item came to be done without ever having been in progress: its cycle time is 0, and its work is not seen."
remedy = "Was the work done outside the board, or is a stage mapped as backlog, or not at all, that is work?"
*/
with paths as (

    select
        visits.stream,
        visits.item_id,
        arg_max(visits.stage, visits.visit_no) filter (where visits.category is distinct from 'done') as previous_stage,
        bool_or(visits.category = 'in-progress') as was_in_progress
    from marts.visits
    group by
        visits.stream,
        visits.item_id

),

first_moves as (

    select
        transitions.stream,
        transitions.item_id,
        min(transitions.occurred_at) filter (where transitions.from_state is null) as moved_at
    from canonical.transitions
    group by
        transitions.stream,
        transitions.item_id

)

select
    items.stream,
    items.item_id as subject,
    case
        when paths.previous_stage is null or first_moves.moved_at = items.finished_at then 'first heard of in '
        else 'from ' || paths.previous_stage || ' to '
    end || items.stage || ' on ' || items.finished_on as detail
from marts.items
join paths
    on items.stream = paths.stream
    and items.item_id = paths.item_id
left join first_moves
    on items.stream = first_moves.stream
    and items.item_id = first_moves.item_id
where
    items.finished_at is not null
    and items.history_seconds is not null
    and paths.was_in_progress is distinct from true
