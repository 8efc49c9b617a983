/*
title = "Links between items"
grain = "one row per link of two known items, between the streams in which they count; a key that the link's own stream does not know is looked up in the others, and left out where several know it"
[columns]
kind = "blocks (from the one that is waited for to the one that waits), parent (from the part to the whole)"
from_stream = "value stream of the one"
from_id = "key of the one"
to_stream = "value stream of the other"
to_id = "key of the other"
*/
with known_once as (

    select
        item_homes.item_id,
        min(item_homes.origin) as origin
    from staging.item_homes
    group by item_homes.item_id
    having count(*) = 1

),

named as (

    select
        coalesce(streams.chosen_from, links.stream) as origin,
        links.kind,
        links.from_id,
        links.to_id
    from canonical.links
    join canonical.streams
        on links.stream = streams.stream
    where links.kind in ('blocks', 'parent')
    union
    select
        coalesce(streams.chosen_from, items.stream) as origin,
        'parent' as kind,
        items.item_id as from_id,
        items.parent_id as to_id
    from staging.items
    join canonical.streams
        on items.stream = streams.stream
    where items.parent_id is not null

),

resolved as (

    select
        named.kind,
        coalesce(own_from.origin, other_from.origin) as from_origin,
        named.from_id,
        coalesce(own_to.origin, other_to.origin) as to_origin,
        named.to_id
    from named
    left join staging.item_homes as own_from
        on named.origin = own_from.origin
        and named.from_id = own_from.item_id
    left join staging.item_homes as own_to
        on named.origin = own_to.origin
        and named.to_id = own_to.item_id
    left join known_once as other_from
        on named.from_id = other_from.item_id
    left join known_once as other_to
        on named.to_id = other_to.item_id

)

select distinct
    resolved.kind,
    from_homes.home_stream as from_stream,
    resolved.from_id,
    to_homes.home_stream as to_stream,
    resolved.to_id
from resolved
join staging.item_homes as from_homes
    on resolved.from_origin = from_homes.origin
    and resolved.from_id = from_homes.item_id
join staging.item_homes as to_homes
    on resolved.to_origin = to_homes.origin
    and resolved.to_id = to_homes.item_id
