/*
title = "Reference to something that no file holds"
severity = "warning"
is_across_streams = true
why = "A link, a blocked time, a change or an incident names an item or a deployment that is not in the stream, nor in just one other that a link may lead to. It can not be joined: blocked time, batch size, lead time for changes and change fail rate leave it out or count it without knowing more."
remedy = "Import the missing items or deployments too, for the same stream: files of one stream are imported together, or with the same --stream."
*/
with named as (

    select
        links.stream,
        'item' as kind,
        links.from_id as target,
        'a link (' || links.kind || ') to ' || links.to_id as origin,
        links.kind <> 'deployed' as may_be_elsewhere
    from canonical.links
    union all
    select
        links.stream,
        case links.kind when 'deployed' then 'deployment' else 'item' end as kind,
        links.to_id as target,
        'a link (' || links.kind || ') from ' || links.from_id as origin,
        links.kind <> 'deployed' as may_be_elsewhere
    from canonical.links
    union all
    select
        blocked.stream,
        'item' as kind,
        blocked.item_id as target,
        'a blocked time' as origin,
        false as may_be_elsewhere
    from canonical.blocked
    union all
    select
        changes.stream,
        'item' as kind,
        changes.item_id as target,
        'the change ' || changes.change_id as origin,
        false as may_be_elsewhere
    from canonical.changes
    union all
    select
        changes.stream,
        'deployment' as kind,
        changes.deployment_id as target,
        'the change ' || changes.change_id as origin,
        false as may_be_elsewhere
    from canonical.changes
    union all
    select
        incidents.stream,
        'deployment' as kind,
        incidents.deployment_id as target,
        'the incident ' || incidents.incident_id as origin,
        false as may_be_elsewhere
    from canonical.incidents

),

present as (

    select distinct
        items.stream,
        'item' as kind,
        items.item_id as target
    from marts.items
    union
    select
        deployments.stream,
        'deployment' as kind,
        deployments.deployment_id as target
    from canonical.deployments
    union
    -- What rules chose names things of the stream that it was chosen from.
    select
        streams.stream,
        'item' as kind,
        item_homes.item_id as target
    from marts.streams
    join marts.item_homes
        on streams.chosen_from = item_homes.origin
    union
    select
        streams.stream,
        'deployment' as kind,
        deployments.deployment_id as target
    from marts.streams
    join canonical.deployments
        on streams.chosen_from = deployments.stream

),

held as (

    select distinct
        present.stream,
        present.kind
    from present

),

missing as (

    select
        named.stream,
        named.kind,
        named.target,
        count(*) as times,
        min(named.origin) as origin,
        -- A link may lead to another stream, as those of the network do.
        bool_and(named.may_be_elsewhere) as may_be_elsewhere
    from named
    -- Where a stream has no items or no deployments at all, each reference to one would be a row.
    semi join held
        on named.stream = held.stream
        and named.kind = held.kind
    anti join present
        on named.stream = present.stream
        and named.kind = present.kind
        and named.target = present.target
    where named.target is not null
    group by
        named.stream,
        named.kind,
        named.target

),

elsewhere as (

    select
        present.kind,
        present.target,
        min(present.stream) as stream,
        -- What rules choose from a stream is the same there.
        count(distinct coalesce(streams.chosen_from, present.stream)) as known_in
    from present
    semi join missing
        on present.kind = missing.kind
        and present.target = missing.target
    left join marts.streams
        on present.stream = streams.stream
    group by
        present.kind,
        present.target

)

select
    missing.stream,
    missing.target as subject,
    missing.kind || ' named by ' || missing.origin
    || case when missing.times > 1 then ' and ' || (missing.times - 1) || ' more' else '' end
    || coalesce('; there is one in the stream ' || elsewhere.stream, '') as detail
from missing
left join elsewhere
    on missing.kind = elsewhere.kind
    and missing.target = elsewhere.target
where not missing.may_be_elsewhere or elsewhere.known_in is distinct from 1
