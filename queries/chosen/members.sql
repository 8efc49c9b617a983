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

    select
        items.stream,
        items.item_id,
        items.type,
        coalesce(items.team, owners.team) as team,
        items.labels
    from canonical.items
    left join owners
        on items.stream = owners.stream
        and items.item_id = owners.item_id
    union
    select
        transitions.stream,
        transitions.item_id,
        null as type,
        owners.team,
        null as labels
    from canonical.transitions
    left join owners
        on transitions.stream = owners.stream
        and transitions.item_id = owners.item_id

),

wanted as (

    select
        rules.stream,
        count(distinct rules.kind) as kinds
    from choosing.rules
    where rules.kind <> 'service'
    group by rules.stream

),

met as (

    select
        rules.stream,
        rules.of_stream,
        described.item_id,
        count(distinct rules.kind) as kinds
    from choosing.rules
    join described
        on rules.of_stream = described.stream
    where
        case rules.kind
            when 'project'
                then
                    starts_with(described.item_id, rules.value || '-')
                    or starts_with(described.item_id, rules.value || '#')
            when 'type' then lower(described.type) = lower(rules.value)
            when 'team' then described.team = rules.value
            when 'label' then list_contains(string_split(described.labels, '|'), rules.value)
        end
    group by
        rules.stream,
        rules.of_stream,
        described.item_id

)

select
    met.stream,
    met.of_stream,
    met.item_id
from met
join wanted
    on met.stream = wanted.stream
    and met.kinds = wanted.kinds
