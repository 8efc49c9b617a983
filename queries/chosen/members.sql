/*
title = "Items that rules choose"
grain = "one row per stream chosen by rules and item of the stream that it is chosen from: of each kind of rule it meets one"
*/
with owners as (

    select
        transitions.stream,
        transitions.item_id,
        arg_max(transitions.team, row(transitions.occurred_at, transitions.seq)) as team
    from canonical.transitions
    where transitions.team is not null
    group by
        transitions.stream,
        transitions.item_id

),

described as (

    -- Attribute by attribute as the newest import knows it, as everywhere.
    select
        items.stream,
        items.item_id,
        arg_max(items.type, row(items.import_id, items.file_name)) filter (where items.type is not null) as type,
        arg_max(items.team, row(items.import_id, items.file_name)) filter (where items.team is not null) as team,
        arg_max(items.labels, row(items.import_id, items.file_name)) filter (where items.labels is not null) as labels
    from canonical.items
    group by
        items.stream,
        items.item_id

),

known as (

    select
        keys.stream,
        keys.item_id,
        described.type,
        coalesce(described.team, owners.team) as team,
        described.labels
    from (
        select
            items.stream,
            items.item_id
        from canonical.items
        union
        select
            transitions.stream,
            transitions.item_id
        from canonical.transitions
    ) as keys
    left join described
        on keys.stream = described.stream
        and keys.item_id = described.item_id
    left join owners
        on keys.stream = owners.stream
        and keys.item_id = owners.item_id

),

wanted as (

    select
        rules.stream,
        count(distinct rules.kind) as kinds
    from choosing.rules
    where rules.kind not in ('service', 'forgotten')
    group by rules.stream

),

met as (

    select
        rules.stream,
        rules.of_stream,
        known.item_id,
        count(distinct rules.kind) as kinds
    from choosing.rules
    join known
        on rules.of_stream = known.stream
    where
        case rules.kind
            when 'project'
                then
                    starts_with(known.item_id, rules.value || '-')
                    or starts_with(known.item_id, rules.value || '#')
            when 'type' then lower(known.type) = lower(rules.value)
            when 'team' then known.team = rules.value
            when 'label' then list_contains(string_split(known.labels, '|'), rules.value)
        end
    group by
        rules.stream,
        rules.of_stream,
        known.item_id

)

select
    met.stream,
    met.of_stream,
    met.item_id
from met
join wanted
    on met.stream = wanted.stream
    and met.kinds = wanted.kinds
