/*
title = "Facts about states"
grain = "one row per stream and state, from the histories alone"
[columns]
stream = "value stream"
state = "state as the source writes it"
visited_items = "items that were ever in it"
ended_items = "items whose history ends in it"
stream_items = "items with a history in the stream"
mean_position = "mean place of its first entry in the histories, 0 = first, 1 = last; null without history"
source_category = "the source's own category; null if it has none"
source_position = "the source's own order; null if it has none"
event_is = "what an event's time means in this stream's log; null where the format says it"
*/
with paths as (

    select
        transitions.stream,
        transitions.item_id,
        transitions.to_state as state,
        transitions.from_state,
        row_number() over item_history as event_no
    from canonical.transitions
    window item_history as (
        partition by transitions.stream, transitions.item_id order by transitions.occurred_at, transitions.seq
    )

),

entries as (

    select
        paths.stream,
        paths.item_id,
        paths.state,
        paths.event_no
    from paths
    union all
    select
        paths.stream,
        paths.item_id,
        paths.from_state as state,
        0 as event_no
    from paths
    where paths.event_no = 1 and paths.from_state is not null and paths.from_state <> paths.state

),

lengths as (

    select
        entries.stream,
        entries.item_id,
        min(entries.event_no) as first_no,
        max(entries.event_no) as last_no
    from entries
    group by
        entries.stream,
        entries.item_id

),

first_entries as (

    select
        entries.stream,
        entries.item_id,
        entries.state,
        min(entries.event_no) as first_entry_no,
        max(entries.event_no) as last_entry_no
    from entries
    group by
        entries.stream,
        entries.item_id,
        entries.state

),

totals as (

    select
        lengths.stream,
        count(*) as stream_items
    from lengths
    group by lengths.stream

),

told as (

    select
        first_entries.stream,
        first_entries.state,
        count(*) as visited_items,
        count(*) filter (where first_entries.last_entry_no = lengths.last_no) as ended_items,
        avg(coalesce(
            (first_entries.first_entry_no - lengths.first_no) / nullif(lengths.last_no - lengths.first_no, 0), 0
        )) as mean_position
    from first_entries
    join lengths
        on first_entries.stream = lengths.stream
        and first_entries.item_id = lengths.item_id
    group by
        first_entries.stream,
        first_entries.state

),

without_history as (

    select
        items.stream,
        items.status as state,
        count(distinct items.item_id) as visited_items
    from canonical.items
    anti join canonical.transitions
        on items.stream = transitions.stream
        and items.item_id = transitions.item_id
    where
        items.status is not null
        and coalesce(items.started_at, items.finished_at, items.cancelled_at) is null
    group by
        items.stream,
        items.status

),

dated as (

    -- Items without history that tell when they started or ended.
    select
        items.stream,
        unnest(['Not started', 'In progress', 'Finished', 'Withdrawn']) as state,
        unnest([
            items.started_at > items.created_at,
            items.started_at is not null,
            items.finished_at is not null and items.cancelled_at is null,
            items.cancelled_at is not null
        ]) as is_visited,
        unnest(['backlog', 'in-progress', 'done', 'cancelled']) as category,
        unnest([1, 2, 3, 4]) as position,
        items.item_id
    from canonical.items
    anti join canonical.transitions
        on items.stream = transitions.stream
        and items.item_id = transitions.item_id

),

visited as (

    select
        dated.stream,
        dated.state,
        min(dated.category) as category,
        min(dated.position) as position,
        count(distinct dated.item_id) as visited_items
    from dated
    where dated.is_visited
    group by
        dated.stream,
        dated.state

),

described as (

    select
        source_states.stream,
        source_states.state,
        max(source_states.category) as category,
        max(source_states.position) as position
    from canonical.source_states
    group by
        source_states.stream,
        source_states.state

),

meanings as (

    select
        imports.stream,
        arg_max(imports.event_is, imports.import_id) filter (where imports.event_is is not null) as event_is
    from canonical.imports
    group by imports.stream

),

names as (

    select
        told.stream,
        told.state
    from told
    union
    select
        without_history.stream,
        without_history.state
    from without_history
    union
    select
        described.stream,
        described.state
    from described
    union
    select
        visited.stream,
        visited.state
    from visited

)

select
    names.stream,
    names.state,
    coalesce(told.visited_items, 0) + coalesce(without_history.visited_items, 0) + coalesce(visited.visited_items, 0)
        as visited_items,
    coalesce(told.ended_items, 0) as ended_items,
    coalesce(totals.stream_items, 0) as stream_items,
    told.mean_position,
    coalesce(described.category, visited.category) as source_category,
    coalesce(described.position, visited.position) as source_position,
    meanings.event_is
from names
left join told
    on names.stream = told.stream
    and names.state = told.state
left join without_history
    on names.stream = without_history.stream
    and names.state = without_history.state
left join described
    on names.stream = described.stream
    and names.state = described.state
left join visited
    on names.stream = visited.stream
    and names.state = visited.state
left join totals
    on names.stream = totals.stream
left join meanings
    on names.stream = meanings.stream
order by
    names.stream,
    described.position nulls last,
    told.mean_position nulls last,
    names.state
