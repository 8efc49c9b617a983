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
        unnest(['creation_times', 'item_types', 'item_teams', 'priorities', 'parents', 'estimates']) as fact,
        unnest([
            described.creation_times,
            described.item_types,
            described.item_teams,
            described.priorities,
            described.parents,
            described.estimates
        ]) as records
    from described
    union all
    select
        moved.stream,
        null as file_name,
        unnest(['status_history', 'owning_teams', 'people']) as fact,
        unnest([moved.status_history, moved.owning_teams, moved.people]) as records
    from moved
    union all
    select
        crossed.stream,
        null as file_name,
        unnest(['start_times', 'end_times']) as fact,
        unnest([crossed.start_times, crossed.end_times]) as records
    from crossed
    union all
    select
        flagged.stream,
        null as file_name,
        unnest(['blocked_times', 'blocked_reasons']) as fact,
        unnest([flagged.blocked_times, flagged.blocked_reasons]) as records
    from flagged
    union all
    select
        delivered.stream,
        null as file_name,
        unnest(['changes', 'deployed_changes']) as fact,
        unnest([delivered.changes, delivered.deployed_changes]) as records
    from delivered
    union all
    select
        failed.stream,
        null as file_name,
        unnest(['incidents', 'incident_causes']) as fact,
        unnest([failed.incidents, failed.incident_causes]) as records
    from failed
    union all
    select
        deployments.stream,
        null as file_name,
        'deployments' as fact,
        count(*) as records
    from canonical.deployments
    group by deployments.stream
    union all
    select
        surveys.stream,
        null as file_name,
        'surveys' as fact,
        sum(surveys.answers_count) as records
    from canonical.surveys
    group by surveys.stream
    union all
    select
        links.stream,
        null as file_name,
        case links.kind when 'deployed' then 'deployed_items' when 'parent' then 'parents' else links.kind end as fact,
        count(*) as records
    from canonical.links
    group by
        links.stream,
        links.kind

)

select
    told.stream,
    told.file_name,
    told.fact,
    cast(told.records as bigint) as records
from told
where told.records > 0
order by
    told.stream,
    told.fact,
    told.file_name
