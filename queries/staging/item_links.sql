/*
title = "Links between items"
grain = "one row per link of two known items; a key that the link's own stream does not know is looked up in the others, and left out where several know it"
[columns]
kind = "blocks (from the one that is waited for to the one that waits), parent (from the part to the whole)"
from_stream = "value stream of the one"
from_id = "key of the one"
to_stream = "value stream of the other"
to_id = "key of the other"
*/
with chosen as (

    select distinct
        streams.chosen_from,
        items.item_id
    from staging.items
    join canonical.streams
        on items.stream = streams.stream
    where streams.chosen_from is not null

),

owners as (

    select
        items.item_id,
        count(*) as known_in,
        min(items.stream) as stream
    from staging.items
    -- Where rules chose it from another stream, it is looked for in the stream that chose it.
    anti join chosen
        on items.stream = chosen.chosen_from
        and items.item_id = chosen.item_id
    group by items.item_id

),

named as (

    select
        links.stream,
        links.kind,
        links.from_id,
        links.to_id
    from canonical.links
    where links.kind in ('blocks', 'parent')
    union
    select
        items.stream,
        'parent' as kind,
        items.item_id as from_id,
        items.parent_id as to_id
    from staging.items
    where items.parent_id is not null

)

select distinct
    named.kind,
    coalesce(own_from.stream, from_owners.stream) as from_stream,
    named.from_id,
    coalesce(own_to.stream, to_owners.stream) as to_stream,
    named.to_id
from named
left join staging.items as own_from
    on named.stream = own_from.stream
    and named.from_id = own_from.item_id
left join staging.items as own_to
    on named.stream = own_to.stream
    and named.to_id = own_to.item_id
left join owners as from_owners
    on named.from_id = from_owners.item_id
    and from_owners.known_in = 1
left join owners as to_owners
    on named.to_id = to_owners.item_id
    and to_owners.known_in = 1
where
    coalesce(own_from.stream, from_owners.stream) is not null
    and coalesce(own_to.stream, to_owners.stream) is not null
