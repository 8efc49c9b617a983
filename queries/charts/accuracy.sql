/*
title = "Complete and accurate, edge by edge"
question = "Of the work that one step hands to the next, how much comes back?"
grain = "one row per step and the step after it, over the items that finished in the period"
[columns]
from_step = "active stage that was left"
to_step = "active stage that the work came to next; null where none came"
items = "items that crossed for the first time"
returned = "those of them that later came back to from_step or before"
accurate_ratio = "%C&A: 1 - returned / items"
*/
select
    crossings.stage as from_step,
    crossings.next_step as to_step,
    count(*) as items,
    count(*) filter (where crossings.is_returned) as returned,
    1 - count(*) filter (where crossings.is_returned) / count(*) as accurate_ratio
from marts.crossings
where
    crossings.stream = $stream
    and crossings.finished_on >= $since
    and crossings.finished_on < $until
    and ($teams is null or list_contains($teams, crossings.team))
    and ($types is null or list_contains($types, crossings.type))
group by
    crossings.stage,
    crossings.next_step
order by
    items desc,
    from_step,
    to_step
