/*
title = "Process map"
question = "Which ways did items really go?"
grain = "one row per state and the state that directly followed, over the items that ended in the period; the most frequent first"
[columns]
from_state = "state left; null where the item begins"
to_state = "state entered; null where the item ended"
moves = "how often"
items = "items that did so at least once"
share_ratio = "of all items that ended in the period"
median_days = "median time in from_state before the move; null at the beginning, and at the end of most"
mean_days = "mean of the same"
total_days = "sum of the same"
*/
with chosen as (

    select
        moves.item_no,
        moves.from_state,
        moves.to_state,
        moves.is_last,
        moves.is_end_mark,
        case when $clock = 'working' then moves.working_seconds else moves.seconds end / 86400 as days
    from marts.moves
    where
        moves.stream = $stream
        and moves.ended_on >= $since
        and moves.ended_on < $until
        and ($teams is null or list_contains($teams, moves.team))
        and ($types is null or list_contains($types, moves.type))

),

followed as (

    -- Where events say when an activity ended, its end stands as a state: here it is the end of the way.
    select
        chosen.item_no,
        chosen.from_state,
        case when not chosen.is_end_mark then chosen.to_state end as to_state,
        chosen.days
    from chosen
    union all
    select
        chosen.item_no,
        chosen.to_state as from_state,
        null as to_state,
        null as days
    from chosen
    where chosen.is_last and not chosen.is_end_mark

),

counted as (

    select count(distinct chosen.item_no) as items
    from chosen

)

select
    followed.from_state,
    followed.to_state,
    count(*) as moves,
    count(distinct followed.item_no) as items,
    count(distinct followed.item_no) / nullif(any_value(counted.items), 0) as share_ratio,
    quantile_cont(followed.days, 0.5) as median_days,
    avg(followed.days) as mean_days,
    sum(followed.days) as total_days
from followed
cross join counted
group by
    followed.from_state,
    followed.to_state
order by
    moves desc,
    followed.from_state nulls first,
    followed.to_state nulls last
