/*
title = "Streams that are worked out together"
grain = "one row per stream and other stream on whose items its marts may depend"
[columns]
stream = "value stream"
other_stream = "the one that it chooses its items from, or that knows a key which this one names and does not know"
*/
with named as (

    select
        links.stream,
        links.from_id as item_id
    from compared.links
    union
    select
        links.stream,
        links.to_id as item_id
    from compared.links
    union
    select
        items.stream,
        items.parent_id as item_id
    from compared.items
    where items.parent_id is not null

),

told as (

    select
        items.stream,
        items.item_id
    from compared.items
    union all
    select
        transitions.stream,
        transitions.item_id
    from compared.transitions

),

known as (

    select distinct
        told.stream,
        told.item_id
    from told
    semi join named
        on told.item_id = named.item_id

),

-- An item without any date is no item of its stream: then another one may be meant.
dated as (

    select
        items.stream,
        items.item_id
    from compared.items
    where items.created_at is not null
    union all
    select
        transitions.stream,
        transitions.item_id
    from compared.transitions

),

foreign_keys as (

    select
        named.stream,
        named.item_id
    from named
    anti join dated
        on named.stream = dated.stream
        and named.item_id = dated.item_id

)

select
    foreign_keys.stream,
    known.stream as other_stream
from foreign_keys
join known
    on foreign_keys.item_id = known.item_id
    and foreign_keys.stream <> known.stream
union
select
    streams.stream,
    streams.chosen_from as other_stream
from compared.streams
where streams.chosen_from is not null
