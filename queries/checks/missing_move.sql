/*
title = "Move that no record tells"
severity = "warning"
why = "The item leaves another state than the one that it was last moved into: a move is missing from the export, or its events are out of order. Its time between the two is booked to the earlier state."
remedy = "Export the whole history of the item. A state that was renamed in the tool looks like this too: then put both names in one stage."
*/
with pairs as (

    select
        transitions.stream,
        transitions.item_id,
        transitions.occurred_at,
        transitions.seq,
        transitions.from_state,
        lag(transitions.to_state) over item_history as known_state
    from canonical.transitions
    window item_history as (
        partition by transitions.stream, transitions.item_id
        order by transitions.occurred_at, transitions.seq
    )

)

select
    pairs.stream,
    pairs.item_id as subject,
    arg_min(
        'was in ' || pairs.known_state || ', left ' || pairs.from_state || ' at '
        || strftime(pairs.occurred_at, '%Y-%m-%d %H:%M') || ' UTC',
        (pairs.occurred_at, pairs.seq)
    ) || case when count(*) > 1 then ' and ' || (count(*) - 1) || ' more' else '' end as detail
from pairs
where pairs.from_state <> pairs.known_state
group by
    pairs.stream,
    pairs.item_id
