/*
title = "Event told twice"
severity = "warning"
why = "Two records move the item into the same state at the same instant, from two files or by two persons. The second copy counts as one more visit, and so in the rework ratio, first pass yield and the number of visits."
remedy = "Import the history from one of the files only, or remove the copies in the source."
*/
with copies as (

    select
        transitions.stream,
        transitions.item_id,
        transitions.occurred_at,
        transitions.to_state,
        count(*) - 1 as extra
    from canonical.transitions
    group by
        transitions.stream,
        transitions.item_id,
        transitions.occurred_at,
        transitions.to_state
    having count(*) > 1

)

select
    copies.stream,
    copies.item_id as subject,
    arg_min(copies.to_state || ' at ' || strftime(copies.occurred_at, '%Y-%m-%d %H:%M:%S') || ' UTC', copies.occurred_at)
    || case when sum(copies.extra) > 1 then ' and ' || (cast(sum(copies.extra) as bigint) - 1) || ' more' else '' end as detail
from copies
group by
    copies.stream,
    copies.item_id
