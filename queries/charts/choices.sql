/*
title = "Teams and types"
question = "What can be chosen in the scope?"
grain = "one row per team or type that items of the stream have"
[columns]
kind = "team or type"
choice = "its name"
items = "items that have it"
*/
select
    'team' as kind,
    items.team as choice,
    cast(count(*) as bigint) as items
from marts.items
where
    items.stream = $stream
    and items.team is not null
    and ($teams is null or list_contains($teams, items.team))
group by items.team
union all
select
    'type' as kind,
    items.type as choice,
    cast(count(*) as bigint) as items
from marts.items
where
    items.stream = $stream
    and items.type is not null
    and ($teams is null or list_contains($teams, items.team))
group by items.type
order by
    kind,
    choice
