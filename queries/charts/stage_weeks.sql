/*
title = "Time in stage by period"
question = "Where did items stay longer than usual, and when?"
grain = "one row per stage before done and period in which a stay in it ended"
[columns]
stage = "name of the stage"
position = "its order in the reference path"
period_start = "first day of the period"
median_days = "median length of the stays that ended in it"
mean_days = "their mean length"
stays = "how many ended"
items = "items they belong to"
*/
select
    visits.stage,
    visits.position,
    periods.period_start,
    quantile_cont(case when $clock = 'working' then visits.working_seconds else visits.seconds end / 86400, 0.5)
        as median_days,
    avg(case when $clock = 'working' then visits.working_seconds else visits.seconds end / 86400) as mean_days,
    count(*) as stays,
    count(distinct visits.item_no) as items
from macros.period_days($stream, $since, $until, $period) as periods
join marts.visits
    on visits.stream = $stream
    and visits.left_on = periods.day
where
    visits.is_in_flow
    and visits.position is not null
    and visits.category in ('backlog', 'in-progress')
    and ($teams is null or list_contains($teams, visits.team))
    and ($types is null or list_contains($types, visits.type))
group by
    visits.stage,
    visits.position,
    periods.period_start
order by
    visits.position,
    periods.period_start
