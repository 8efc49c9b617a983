/*
title = "Attributes of items"
question = "What can items be told apart by?"
grain = "one row per attribute and value that an item of the scope has, the most frequent first"
[columns]
attribute = "type, team, priority, label or stage (the one it is in now, or ended in)"
value = "what items have as that attribute"
items = "items that have it"
*/
with pairs as (

    select
        unnest(
            [
                { 'attribute': 'type', 'value': items.type },
                { 'attribute': 'team', 'value': items.team },
                { 'attribute': 'priority', 'value': items.priority },
                { 'attribute': 'stage', 'value': items.stage }
            ]
            || list_transform(
                coalesce(string_split(items.labels, '|'), []),
                lambda label: { 'attribute': 'label', 'value': label }
            )
        ) as pair
    from macros.items_where($stream, $since, $until, $teams, $types, $clock, $start_rule, $chosen) as items

)

select
    pairs.pair['attribute'] as attribute,
    pairs.pair['value'] as value,
    count(*) as items
from pairs
where pairs.pair['value'] is not null
group by
    pairs.pair['attribute'],
    pairs.pair['value']
order by
    attribute,
    items desc,
    value
