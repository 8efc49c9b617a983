/*
title = "Blocked by a closed item"
severity = "note"
why = "The item is open, and everything that the source names as blocking it is closed: it may be waiting for nothing, and its time counts as blocked, or as waste, until someone sees it."
remedy = "Take the flag or the link off, and take the item up."
*/
with blockers as (

    select
        links.stream,
        links.to_id as item_id,
        count(*) filter (where items.item_id is null or items.ended_on is null) as open_count,
        arg_max(items.item_id || ', closed ' || items.ended_on, items.ended_on) as last_closed
    from canonical.links
    left join marts.items
        on links.stream = items.stream
        and links.from_id = items.item_id
    where links.kind = 'blocks' and links.from_id <> links.to_id
    group by
        links.stream,
        links.to_id

),

flagged as (

    select distinct
        blocked.stream,
        blocked.item_id
    from canonical.blocked
    where blocked.unblocked_at is null

)

select
    items.stream,
    items.item_id as subject,
    'in ' || items.stage || ', blocked by ' || blockers.last_closed as detail
from marts.items
join blockers
    on items.stream = blockers.stream
    and items.item_id = blockers.item_id
join marts.streams
    on items.stream = streams.stream
left join flagged
    on items.stream = flagged.stream
    and items.item_id = flagged.item_id
where
    items.ended_on is null
    and blockers.open_count = 0
    -- Links outlive what they say; where the source also tells flags, the flag must still be set.
    and (flagged.item_id is not null or not streams.has_blocked_times)
