/*
title = "Item in no stage of its stream"
severity = "warning"
why = "None of its states is in a stage, or no state or no time is told at all: the item can neither start nor finish, and without a time it is in no figure whatever."
remedy = "Map its states in streams.toml, export its history with it, or name the stream that it belongs to with --stream."
*/
with known as (

    select
        items.stream,
        items.item_id
    from canonical.items
    union
    select
        transitions.stream,
        transitions.item_id
    from canonical.transitions

),

placed as (

    select
        visits.stream,
        visits.item_id,
        bool_or(visits.category is not null) as is_in_stage
    from marts.visits
    group by
        visits.stream,
        visits.item_id

),

-- An end that nobody dates has a check of its own.
mapped as (

    select distinct
        items.stream,
        items.item_id
    from canonical.items
    join canonical.states
        on items.stream = states.stream
        and items.status = states.state

)

select
    known.stream,
    known.item_id as subject,
    case
        when items.item_id is null then 'no time is told for it'
        when placed.item_id is null then 'no state is told for it'
        else 'only in states that no stage collects'
    end as detail
from known
left join marts.items
    on known.stream = items.stream
    and known.item_id = items.item_id
left join placed
    on known.stream = placed.stream
    and known.item_id = placed.item_id
left join mapped
    on known.stream = mapped.stream
    and known.item_id = mapped.item_id
where
    items.item_id is null
    or (placed.is_in_stage is distinct from true and (placed.item_id is not null or mapped.item_id is null))
