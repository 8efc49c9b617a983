/*
title = "Items"
grain = "one row per work item, its attributes by the newest import that knows them"
[columns]
item_no = "1, 2, … in the order of stream and key: what the tables behind this one join by"
stream = "value stream"
item_id = "key of the work item"
title = "what it is called"
type = "kind of work, as of the newest import"
team = "team of the item, else the team that owned it last"
priority = "priority as the source names it"
labels = "labels in alphabetical order, | between them; null if it has none"
parent_id = "item that this one is part of"
points = "estimate; null if it has none"
created_at = "UTC instant of creation; the first event where the source gives none or a later one"
started_at = "UTC instant of the start; null where there is a history, which tells it"
finished_at = "UTC instant of the finish; null where there is a history, which tells it"
cancelled_at = "UTC instant it was dropped; null where there is a history, which tells it"
is_start_unknown = "true where its end or its present state is told, but no start: cycle time and age are unknown"
first_event_at = "UTC instant of its first record; null without history"
last_event_at = "UTC instant of its last record, of whatever kind; null without history"
status = "state now, where the source has no history"
status_category = "backlog, in-progress, done or cancelled: what that state means; null if unknown"
dropped_at = "UTC instant at which a list says that it was dropped: its end is no finish, whatever its history calls it"
told_category = "category of its state as a file tells it; null where none does"
*/
with told as (

    -- A whole number for each file, in the order in which they count, is quicker to compare than its parts.
    select
        files.import_id,
        files.file_name,
        row_number() over (order by files.import_id, files.file_name) as told_no
    from (
        select distinct
            items.import_id,
            items.file_name
        from canonical.items
    ) as files

),

described as (

    select
        items.stream,
        items.item_id,
        arg_max(items.title, told.told_no)
        filter (where items.title is not null) as title,
        arg_max(items.type, told.told_no)
        filter (where items.type is not null) as type,
        arg_max(items.team, told.told_no)
        filter (where items.team is not null) as team,
        arg_max(items.priority, told.told_no)
        filter (where items.priority is not null) as priority,
        arg_max(items.labels, told.told_no)
        filter (where items.labels is not null) as labels,
        arg_max(items.parent_id, told.told_no)
        filter (where items.parent_id is not null) as parent_id,
        arg_max(items.points, told.told_no)
        filter (where items.points is not null) as points,
        arg_max(items.started_at, told.told_no)
        filter (where items.started_at is not null)
            as started_at,
        arg_max(items.finished_at, told.told_no)
        filter (where items.finished_at is not null)
            as finished_at,
        arg_max(items.cancelled_at, told.told_no)
        filter (where items.cancelled_at is not null)
            as cancelled_at,
        arg_max(coalesce(stages.category, items.status_category), told.told_no)
        filter (where items.status is not null) as status_category,
        -- A newer file that states another state than an end has reopened the item.
        max(items.import_id)
        filter (where coalesce(stages.category, items.status_category) in ('backlog', 'in-progress'))
        > max(items.import_id) filter (where coalesce(items.finished_at, items.cancelled_at) is not null) as is_reopened,
        arg_max(items.created_at, told.told_no)
        filter (where items.created_at is not null)
            as created_at,
        arg_max(items.status, told.told_no)
        filter (where items.status is not null) as status,
        -- Dropped by its outcome, as the newest file that tells an end says; a history may know only that it is done.
        arg_max(items.cancelled_at, told.told_no)
        filter (where items.cancelled_at is not null)
        = arg_max(coalesce(items.cancelled_at, items.finished_at), told.told_no)
        filter (where coalesce(items.finished_at, items.cancelled_at) is not null) as is_dropped,
        arg_max(items.status_category, told.told_no)
        filter (where items.status is not null) as told_category,
        min(items.first_seen_at) as first_seen_at,
        max(items.last_seen_at) as last_seen_at
    from canonical.items
    join told
        on items.import_id = told.import_id
        and items.file_name = told.file_name
    left join canonical.states
        on items.stream = states.stream
        and items.status = states.state
    left join canonical.stages
        on states.stream = stages.stream
        and states.stage = stages.stage
    group by
        items.stream,
        items.item_id

),

moved as (

    select
        transitions.stream,
        transitions.item_id,
        min(transitions.occurred_at) as first_event_at,
        max(transitions.occurred_at) as last_event_at
    from canonical.transitions
    group by
        transitions.stream,
        transitions.item_id

),

owned as (

    select
        transitions.stream,
        transitions.item_id,
        arg_max(transitions.team, row(transitions.occurred_at, transitions.seq)) as team
    from canonical.transitions
    left join described
        on transitions.stream = described.stream
        and transitions.item_id = described.item_id
    where transitions.team is not null and described.team is null
    group by
        transitions.stream,
        transitions.item_id

)

select
    cast(row_number() over (
        order by coalesce(described.stream, moved.stream), coalesce(described.item_id, moved.item_id)
    ) as integer) as item_no,
    coalesce(described.stream, moved.stream) as stream,
    coalesce(described.item_id, moved.item_id) as item_id,
    described.title,
    described.type,
    coalesce(described.team, owned.team) as team,
    described.priority,
    described.labels,
    described.parent_id,
    described.points,
    least(
        described.created_at, moved.first_event_at, described.first_seen_at,
        case
            when moved.item_id is null then least(described.started_at, described.finished_at, described.cancelled_at)
        end
    ) as created_at,
    case when moved.item_id is null then described.started_at end as started_at,
    case
        when moved.item_id is null and not coalesce(described.is_reopened, false) then described.finished_at
    end as finished_at,
    case
        when moved.item_id is null and not coalesce(described.is_reopened, false) then described.cancelled_at
    end as cancelled_at,
    moved.item_id is null
    and described.started_at is null
    and coalesce(
        coalesce(described.finished_at, described.cancelled_at) is not null
        or described.status_category = 'in-progress',
        false
    ) as is_start_unknown,
    least(moved.first_event_at, described.first_seen_at) as first_event_at,
    greatest(
        moved.last_event_at, described.last_seen_at,
        case
            when moved.item_id is null
                then greatest(described.started_at, described.finished_at, described.cancelled_at)
        end
    ) as last_event_at,
    described.status,
    described.status_category,
    case when described.is_dropped then described.cancelled_at end as dropped_at,
    described.told_category
from described
full join moved
    on described.stream = moved.stream
    and described.item_id = moved.item_id
left join owned
    on moved.stream = owned.stream
    and moved.item_id = owned.item_id
where
    coalesce(
        described.created_at, moved.first_event_at, described.first_seen_at, described.started_at, described.finished_at,
        described.cancelled_at
    ) is not null
