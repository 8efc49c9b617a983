/*
title = "Case durations"
question = "How many items does this stream know, and from when to when do its logs tell of each?"
grain = "one row: of all items, whenever they were"
[columns]
items = "how many"
finished = "how many of them are finished"
open = "how many of them have not ended"
median_days = "first to last event: half took this or less; null where no log tells a history"
p85_days = "first to last event: 85 % took this or less, a duration that there was"
*/
select
    cast(count(*) as bigint) as items,
    cast(count(items.finished_at) as bigint) as finished,
    cast(count(*) filter (where items.ended_on is null) as bigint) as open,
    quantile_cont(items.history_seconds, 0.5) / 86400 as median_days,
    quantile_disc(items.history_seconds, 0.85) / 86400 as p85_days
from marts.items
where
    items.stream = $stream
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
