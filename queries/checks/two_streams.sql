/*
title = "Stream whose items stand in another one"
severity = "warning"
is_across_streams = true
why = "Half of its keys or more are known in another stream with the same creation: one work item counts in both, and what the one file tells of it is missing in the other."
remedy = "Import the files into one stream: vsm import --fresh --stream NAME FILE…"
*/
with known as (

    select
        items.stream,
        items.item_id,
        items.created_at
    from canonical.items
    union all
    select
        aliases.stream,
        aliases.alias as item_id,
        cast(null as timestamp) as created_at
    from canonical.aliases
    union all
    select
        transitions.stream,
        transitions.item_id,
        cast(null as timestamp) as created_at
    from canonical.transitions

),

keys as (

    select
        known.stream,
        known.item_id,
        min(known.created_at) as created_at
    from known
    group by
        known.stream,
        known.item_id

),

sizes as (

    select
        keys.stream,
        count(*) as items
    from keys
    group by keys.stream

),

shared as (

    select
        one.stream,
        other.stream as other_stream,
        count(*) as items,
        min(one.item_id) as example
    from keys as one
    join keys as other
        on one.item_id = other.item_id
        and one.stream <> other.stream
    where
        abs(epoch(one.created_at) - epoch(other.created_at)) <= 86400
        -- Numbers alone prove nothing where a creation is missing; ABC-123 does.
        or (coalesce(one.created_at, other.created_at) is not null and one.created_at is null or other.created_at is null)
        and regexp_matches(one.item_id, '[A-Za-z]')
    group by
        one.stream,
        other.stream

)

select
    shared.stream,
    shared.other_stream as subject,
    shared.items || ' of ' || sizes.items || ' keys stand in ' || shared.other_stream || ' too, such as ' || shared.example
        as detail
from shared
join sizes
    on shared.stream = sizes.stream
join sizes as other_sizes
    on shared.other_stream = other_sizes.stream
left join marts.streams
    on shared.stream = streams.stream
left join marts.streams as other_streams
    on shared.other_stream = other_streams.stream
where
    shared.items * 2 >= sizes.items
    -- What rules chose from another stream stands in both, and is counted once where streams are summed.
    and streams.chosen_from is null
    and other_streams.chosen_from is null
    -- A pair is told once, of its smaller stream.
    and row(sizes.items, shared.stream) < row(other_sizes.items, shared.other_stream)
