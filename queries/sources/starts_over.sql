/*
title = "Histories that begin anew under a known key"
grain = "one row per stream with any: items with a history before and now, and how many seem to be others"
*/
with firsts as (

    select
        fresh.stream,
        fresh.item_id,
        min(fresh.occurred_at) as first_at,
        arg_min(fresh.to_state, row(fresh.occurred_at, fresh.seq)) as first_state,
        arg_min(coalesce(fresh.from_state, ''), row(fresh.occurred_at, fresh.seq)) as left_state
    from comparing.fresh
    group by
        fresh.stream,
        fresh.item_id

),

known as (

    select
        known.stream,
        known.item_id,
        min(known.occurred_at) as first_at,
        arg_min(known.to_state, row(known.occurred_at, known.seq)) as first_state,
        arg_min(coalesce(known.from_state, ''), row(known.occurred_at, known.seq)) as left_state
    from comparing.known
    group by
        known.stream,
        known.item_id

)

select
    firsts.stream,
    cast(count(*) as bigint) as shared_items,
    -- The same first move more than a day away; no zone explains that. A history that goes on begins with another move.
    cast(count(*) filter (
        where abs(epoch(firsts.first_at) - epoch(known.first_at)) > 86400
        and firsts.first_state = known.first_state
        and firsts.left_state = known.left_state
    ) as bigint) as other_items,
    min(firsts.item_id) filter (
        where abs(epoch(firsts.first_at) - epoch(known.first_at)) > 86400
        and firsts.first_state = known.first_state
        and firsts.left_state = known.left_state
    ) as example
from firsts
join known
    on firsts.stream = known.stream
    and firsts.item_id = known.item_id
group by firsts.stream
having other_items > 0
