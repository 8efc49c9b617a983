/*
title = "Teams whose task switching is known"
question = "Of whose items is it known how much of the active time went to other items?"
grain = "one row per team with items that ended in the scope"
[columns]
team = "team of the items; null for those of no team"
items = "items that finished or were withdrawn in the period"
is_known = "people are named on the active work on its items, 5 of them or more"
*/
select
    items.team,
    count(*) as items,
    coalesce(bool_or(teams.is_published), false) as is_known
from marts.items
left join marts.teams
    on items.stream = teams.stream
    and items.team = teams.team
where
    items.stream = $stream
    and items.ended_on >= $since
    and items.ended_on < $until
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by items.team
order by
    items desc,
    items.team
