/*
title = "Shared teams"
question = "Which teams work for several streams?"
grain = "one row per team and stream that it did active work in, of teams that worked in two streams or more in the scope, whatever stream is chosen"
sight = "all teams"
[columns]
team = "team"
stream = "value stream"
items = "items that it had in an active stage in progress and left there in the scope"
active_days = "time of these visits, in days"
share_ratio = "share of all such time of the team"
*/
with work as (

    select
        visits.owner as team,
        visits.stream,
        count(distinct visits.item_no) as items,
        sum(case when $clock = 'working' then visits.working_seconds else visits.seconds end) / 86400 as active_days
    from marts.visits
    join marts.streams
        on visits.stream = streams.stream
    -- What several streams share counts once.
    join marts.item_homes
        on visits.stream = item_homes.stream
        and visits.item_id = item_homes.item_id
        and coalesce(streams.chosen_from, streams.stream) = item_homes.origin
    where
        visits.owner is not null
        and visits.mode = 'active'
        and visits.category = 'in-progress'
        and visits.left_on >= $since
        and visits.left_on < $until
    group by
        visits.owner,
        visits.stream

),

shares as (

    select
        work.team,
        work.stream,
        work.items,
        work.active_days,
        count(*) over (partition by work.team) as streams_count,
        sum(work.active_days) over (partition by work.team) as team_days
    from work

)

select
    shares.team,
    shares.stream,
    shares.items,
    shares.active_days,
    shares.active_days / nullif(shares.team_days, 0) as share_ratio
from shares
where shares.streams_count > 1
order by
    shares.team,
    shares.active_days desc,
    shares.stream
