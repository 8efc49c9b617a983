/*
title = "Event out of order"
severity = "warning"
why = "The source numbers or lists the events of its items in the order of time, at least nine times in ten; of this item it does not. Its clock was set back, or day and month are exchanged. The times are believed, not the order: its visits and its rework may be wrong."
remedy = "Look at the item's history in the tool. If many items are listed, check the date format of the file."
*/
with pairs as (

    select
        transitions.stream,
        transitions.item_id,
        transitions.seq,
        transitions.to_state,
        transitions.occurred_at,
        lag(transitions.to_state) over item_history as previous_state,
        lag(transitions.occurred_at) over item_history as previous_at
    from canonical.transitions
    window item_history as (partition by transitions.stream, transitions.item_id order by transitions.seq)

),

directed as (

    select
        pairs.*,
        sign(epoch_us(pairs.occurred_at) - epoch_us(pairs.previous_at)) as direction
    from pairs
    where pairs.occurred_at <> pairs.previous_at

),

customs as (

    -- A file may run from the newest event to the oldest: then that is its order.
    select
        directed.stream,
        case when avg(directed.direction) > 0 then 1 else -1 end as direction
    from directed
    group by directed.stream
    having abs(avg(directed.direction)) >= 0.8

)

select
    directed.stream,
    directed.item_id as subject,
    arg_min(
        directed.to_state || ' at ' || strftime(directed.occurred_at, '%Y-%m-%d %H:%M') || ', listed after '
        || directed.previous_state || ' at ' || strftime(directed.previous_at, '%Y-%m-%d %H:%M'),
        directed.seq
    ) || case when count(*) > 1 then ' and ' || (count(*) - 1) || ' more' else '' end as detail
from directed
join customs
    on directed.stream = customs.stream
where directed.direction <> customs.direction
group by
    directed.stream,
    directed.item_id
