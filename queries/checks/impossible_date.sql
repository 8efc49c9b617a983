/*
title = "Date in the future, or before 1990"
severity = "error"
why = "It is later than the import that brought it, or older than any tool that could have written it: a placeholder, a slip of the pen, a wrong clock or a wrong time zone. The last event is the stream's present, so one date in the future makes all open items older; one before 1990 stretches every chart."
remedy = "Correct the date in the source. If it is a few hours ahead only, name the time zone of the file with --time-zone."
*/
with instants as (

    select
        items.stream,
        items.item_id as subject,
        unnest([items.created_at, items.first_seen_at, items.last_seen_at]) as told_at,
        unnest(['created', 'first seen', 'last seen']) as what
    from canonical.items
    union all
    select
        transitions.stream,
        transitions.item_id as subject,
        transitions.occurred_at as told_at,
        'moved to ' || transitions.to_state as what
    from canonical.transitions
    union all
    select
        blocked.stream,
        blocked.item_id as subject,
        unnest([blocked.blocked_at, blocked.unblocked_at]) as told_at,
        unnest(['blocked', 'unblocked']) as what
    from canonical.blocked
    union all
    select
        deployments.stream,
        deployments.deployment_id as subject,
        deployments.deployed_at as told_at,
        'deployed' as what
    from canonical.deployments
    union all
    select
        incidents.stream,
        incidents.incident_id as subject,
        unnest([incidents.started_at, incidents.restored_at]) as told_at,
        unnest(['began', 'restored']) as what
    from canonical.incidents
    union all
    select
        changes.stream,
        changes.change_id as subject,
        unnest([changes.authored_at, changes.merged_at]) as told_at,
        unnest(['authored', 'merged']) as what
    from canonical.changes

),

newest as (

    -- Clocks of two machines differ a little.
    select
        imports.stream,
        max(imports.imported_at) + interval 5 minute as until_at
    from canonical.imports
    group by imports.stream

)

select
    instants.stream,
    instants.subject,
    arg_max(instants.what || ' ' || strftime(instants.told_at, '%Y-%m-%d %H:%M') || ' UTC', instants.told_at)
    || case when count(*) > 1 then ' and ' || (count(*) - 1) || ' more' else '' end as detail
from instants
left join newest
    on instants.stream = newest.stream
where instants.told_at > newest.until_at or instants.told_at < timestamp '1990-01-01'
group by
    instants.stream,
    instants.subject
