/*
title = "Stand-ins"
grain = "one row per kind and value that an anonymised export must not tell, numbered in an order that only the secret gives"
[columns]
kind = "key (of items, deployments, changes and incidents alike, so that links meet), stream, team, person, …"
original = "the value"
stand_in = "what the export says instead"
*/
with found as (

    select
        unnest([
            { 'noun': 'item', 'original': items.item_id },
            { 'noun': 'item', 'original': items.parent_id },
            { 'noun': 'team', 'original': items.team },
            { 'noun': 'priority', 'original': items.priority }
        ], recursive := true)
    from chosen.items
    union all
    select
        unnest([
            { 'noun': 'item', 'original': transitions.item_id },
            { 'noun': 'team', 'original': transitions.team },
            { 'noun': 'person', 'original': transitions.person }
        ], recursive := true)
    from chosen.transitions
    union all
    select
        unnest([
            { 'noun': 'item', 'original': blocked.item_id },
            { 'noun': 'reason', 'original': blocked.reason }
        ], recursive := true)
    from chosen.blocked
    union all
    select
        unnest([
            { 'noun': 'deployment', 'original': deployments.deployment_id },
            { 'noun': 'service', 'original': deployments.service },
            { 'noun': 'environment', 'original': deployments.environment }
        ], recursive := true)
    from chosen.deployments
    union all
    select
        unnest([
            { 'noun': 'change', 'original': changes.change_id },
            { 'noun': 'deployment', 'original': changes.deployment_id },
            { 'noun': 'item', 'original': changes.item_id },
            { 'noun': 'service', 'original': changes.service }
        ], recursive := true)
    from chosen.changes
    union all
    select
        unnest([
            { 'noun': 'incident', 'original': incidents.incident_id },
            { 'noun': 'deployment', 'original': incidents.deployment_id },
            { 'noun': 'service', 'original': incidents.service },
            { 'noun': 'severity', 'original': incidents.severity }
        ], recursive := true)
    from chosen.incidents
    union all
    select
        unnest([
            { 'noun': 'thing', 'original': links.from_id },
            { 'noun': 'thing', 'original': links.to_id }
        ], recursive := true)
    from chosen.links
    union all
    select
        'team' as noun,
        surveys.team as original
    from chosen.surveys
    union all
    select
        'team' as noun,
        stages.team as original
    from chosen.stages
    union all
    select
        'stream' as noun,
        streams.stream as original
    from chosen.streams

),

named as (

    -- Keys of all sorts share one numbering, each called after the first sort it is met as.
    select
        case when found.noun in ('item', 'deployment', 'change', 'incident', 'thing') then 'key' else found.noun end as kind,
        found.original,
        arg_min(
            found.noun,
            coalesce(list_position(['item', 'deployment', 'change', 'incident', 'thing'], found.noun), 0)
        ) as noun
    from found
    where found.original is not null
    group by
        kind,
        found.original

),

numbered as (

    select
        named.kind,
        named.original,
        named.noun,
        row_number() over (
            partition by named.noun order by sha256(options.secret || named.kind || ' ' || named.original)
        ) as number
    from named
    cross join chosen.options

)

select
    numbered.kind,
    numbered.original,
    case
        -- A pseudonym of a person as the import makes them: reading it again keeps it.
        when numbered.kind = 'person' then 'p-' || lpad(lower(to_hex(numbered.number)), 10, '0')
        else numbered.noun || '-' || numbered.number
    end as stand_in
from numbered
