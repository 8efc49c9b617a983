/*
title = "Blocked time by reason"
question = "What holds items up?"
grain = "one row per reason told of a flag in the scope, the longest first"
[columns]
reason = "reason of the flag; null where none was told"
days = "days within the scope that items were blocked for it, elapsed"
times = "how often"
items = "items they were"
*/
with held as (

    select
        blocked.reason,
        blocked.item_id,
        greatest(
            epoch(least(blocked.unblocked_at, periods.ends_at))
            - epoch(greatest(
                blocked.blocked_at,
                timezone('UTC', timezone(streams.time_zone, cast(periods.period_start as timestamp)))
            )),
            0
        ) / 86400 as days
    from marts.blocked
    join macros.periods($stream, $since, $until, 'all') as periods
        on blocked.unblocked_on >= periods.period_start
        and blocked.blocked_on < periods.period_end
    join marts.streams
        on blocked.stream = streams.stream
    where
        blocked.stream = $stream
        and ($teams is null or list_contains($teams, blocked.team))
        and ($types is null or list_contains($types, blocked.type))

)

select
    held.reason,
    sum(held.days) as days,
    count(*) as times,
    count(distinct held.item_id) as items
from held
group by held.reason
order by
    days desc,
    held.reason
