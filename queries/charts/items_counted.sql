/*
title = "Items of a scope"
question = "How many items does this scope tell of?"
grain = "one row; items that were created before its end and had not ended before its first day"
[columns]
items = "how many"
*/
select cast(count(*) as bigint) as items
from marts.items
where
    items.stream = $stream
    and items.created_on < $until
    and coalesce(items.ended_on >= $since, true)
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
