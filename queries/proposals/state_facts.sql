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
with histories as (

    select
        transitions.stream,
        transitions.item_id,
        list(transitions.to_state order by transitions.occurred_at, transitions.seq) as entered,
        arg_min_null(transitions.from_state, row(transitions.occurred_at, transitions.seq)) as came_from
    from canonical.transitions
    group by
        transitions.stream,
        transitions.item_id

),

paths as (

    select
        histories.stream,
        case
            when histories.came_from <> histories.entered[1] then list_prepend(histories.came_from, histories.entered)
            else histories.entered
        end as states
    from histories

),

totals as (

    select
        paths.stream,
        count(*) as stream_items
    from paths
    group by paths.stream

),

visited_states as (

    select
        paths.stream,
        paths.states,
        unnest(list_distinct(paths.states)) as state
    from paths

),

told as (

    select
        visited_states.stream,
        visited_states.state,
        count(*) as visited_items,
        count(*) filter (where visited_states.states[-1] = visited_states.state) as ended_items,
        avg(coalesce(
            (list_position(visited_states.states, visited_states.state) - 1) / nullif(len(visited_states.states) - 1, 0),
            0
        )) as mean_position
    from visited_states
    group by
        visited_states.stream,
        visited_states.state

),

without_history as (

    select
        items.stream,
        items.status as state,
        count(distinct items.item_id) as visited_items
    from canonical.items
    anti join histories
        on items.stream = histories.stream
        and items.item_id = histories.item_id
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
    anti join histories
        on items.stream = histories.stream
        and items.item_id = histories.item_id

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
