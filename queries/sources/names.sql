/*
title = "Numbers that stand for a key"
grain = "one row per number by which files name an item that has a key, told in this import or before"
*/
with told as (

    select
        aliases.stream,
        aliases.alias,
        aliases.item_id,
        true as is_new
    from incoming.aliases
    union all
    select
        aliases.stream,
        aliases.alias,
        aliases.item_id,
        false as is_new
    from known.aliases

)

select
    told.stream,
    told.alias,
    arg_max(told.item_id, told.is_new) as item_id
from told
-- What is the number of one item and the key of another means the other.
anti join told as keys
    on told.stream = keys.stream
    and told.alias = keys.item_id
group by
    told.stream,
    told.alias
