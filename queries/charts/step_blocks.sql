/*
title = "What items were blocked by, stage by stage"
question = "Where were items blocked, and why?"
grain = "one row per stage and reason, over the items that finished in the period; the most frequent first"
[columns]
stage = "stage they were in"
reason = "reason of the flag; null where none was told"
times = "stays in it with such a block"
items = "items they were"
*/
with held as (

    select distinct
        visits.stage,
        visits.item_id,
        visits.visit_no,
        blocked.reason
    from marts.visits
    join marts.blocked
        on visits.stream = blocked.stream
        and visits.item_id = blocked.item_id
        and blocked.blocked_at < visits.until_at
        and blocked.unblocked_at > visits.entered_at
    where
        visits.stream = $stream
        and visits.is_in_flow
        and visits.finished_on >= $since
        and visits.finished_on < $until
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))

)

select
    held.stage,
    held.reason,
    count(*) as times,
    count(distinct held.item_id) as items
from held
group by
    held.stage,
    held.reason
order by
    times desc,
    held.stage,
    held.reason
