/*
title = "Old work in progress"
question = "How much time have items that did not end yet spent above the usual age?"
grain = "one row: the items of the scope that are still open when the data end"
[columns]
items = "items in progress that are older than 85 % of the finished ones ever were"
days = "item-days above that age, up to the end of the data; they count as waste of the period in which the item ends"
*/
select
    count(distinct waste.item_no) as items,
    coalesce(sum(case when $clock = 'working' then waste.working_seconds else waste.seconds end), 0) / 86400 as days
from marts.waste
join marts.items
    on waste.item_no = items.item_no
where
    waste.stream = $stream
    and waste.bucket = 'partially-done'
    and waste.ended_on is null
    and waste.seconds > 0
    and items.started_first_on < $until
    and ($teams is null or list_contains($teams, waste.team))
    and ($types is null or list_contains($types, waste.type))
