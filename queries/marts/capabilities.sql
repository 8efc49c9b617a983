/*
title = "What the sources tell"
grain = "one row per stream, file and kind of fact that they tell at all"
[columns]
stream = "value stream"
file_name = "file that tells it; null where the rows do not keep their file"
fact = "what is told, by the names of the query"
records = "how many records tell it"
*/
with described as (

    select
        items.stream,
        items.file_name,
        count(items.created_at) as creation_times,
        count(items.type) as item_types,
        count(items.team) as item_teams,
        count(items.priority) as priorities,
        count(items.parent_id) as parents,
        count(items.points) as estimates
    from canonical.items
    group by
        items.stream,
        items.file_name

),

moved as (

    select
        transitions.stream,
        count(*) as status_history,
        count(transitions.team) as owning_teams,
        count(transitions.person) as people
    from canonical.transitions
    group by transitions.stream

),

crossed as (

    select
        items.stream,
        count(items.cycle_first_seconds) as start_times,
        count(items.finished_at) as end_times
    from marts.items
    group by items.stream

),

flagged as (

    select
        blocked.stream,
        count(*) as blocked_times,
        count(blocked.reason) as blocked_reasons
    from canonical.blocked
    group by blocked.stream

),

delivered as (

    select
        changes.stream,
        count(*) as changes,
        count(changes.deployment_id) as deployed_changes
    from canonical.changes
    group by changes.stream

),

failed as (

    select
        incidents.stream,
        count(*) as incidents,
        count(incidents.deployment_id) as incident_causes
    from canonical.incidents
    group by incidents.stream

),

told as (

    select
        described.stream,
        described.file_name,
        unnest([
            { 'what': 'creation_times', 'number': described.creation_times },
            { 'what': 'item_types', 'number': described.item_types },
            { 'what': 'item_teams', 'number': described.item_teams },
            { 'what': 'priorities', 'number': described.priorities },
            { 'what': 'parents', 'number': described.parents },
            { 'what': 'estimates', 'number': described.estimates }
        ]) as pair
    from described
    union all
    select
        moved.stream,
        null as file_name,
        unnest([
            { 'what': 'status_history', 'number': moved.status_history },
            { 'what': 'owning_teams', 'number': moved.owning_teams },
            { 'what': 'people', 'number': moved.people }
        ]) as pair
    from moved
    union all
    select
        crossed.stream,
        null as file_name,
        unnest([
            { 'what': 'start_times', 'number': crossed.start_times },
            { 'what': 'end_times', 'number': crossed.end_times }
        ]) as pair
    from crossed
    union all
    select
        flagged.stream,
        null as file_name,
        unnest([
            { 'what': 'blocked_times', 'number': flagged.blocked_times },
            { 'what': 'blocked_reasons', 'number': flagged.blocked_reasons }
        ]) as pair
    from flagged
    union all
    select
        delivered.stream,
        null as file_name,
        unnest([
            { 'what': 'changes', 'number': delivered.changes },
            { 'what': 'deployed_changes', 'number': delivered.deployed_changes }
        ]) as pair
    from delivered
    union all
    select
        failed.stream,
        null as file_name,
        unnest([
            { 'what': 'incidents', 'number': failed.incidents },
            { 'what': 'incident_causes', 'number': failed.incident_causes }
        ]) as pair
    from failed
    union all
    select
        deployments.stream,
        null as file_name,
        { 'what': 'deployments', 'number': cast(count(*) as bigint) } as pair
    from canonical.deployments
    group by deployments.stream
    union all
    select
        surveys.stream,
        null as file_name,
        { 'what': 'surveys', 'number': cast(sum(surveys.answers_count) as bigint) } as pair
    from canonical.surveys
    group by surveys.stream
    union all
    select
        links.stream,
        null as file_name,
        {
            'what':
            case links.kind when 'deployed' then 'deployed_items' when 'parent' then 'parents' else links.kind end,
            'number': count(*)
        } as pair
    from canonical.links
    group by
        links.stream,
        links.kind

)

select
    told.stream,
    told.file_name,
    told.pair.what as fact,
    told.pair.number as records
from told
where told.pair.number > 0
order by
    told.stream,
    told.pair.what,
    told.file_name
