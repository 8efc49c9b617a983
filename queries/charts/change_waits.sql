/*
title = "Where changes wait"
question = "Do changes wait for their review, or for their deployment?"
grain = "one row per period, over the changes deployed in it whose merge is told; null where there is none"
sight = "whole stream"
[columns]
period_start = "first day of the period"
review_days = "mean time from authored to merged"
release_days = "mean time from merged to deployed; the two add up to their mean lead time"
changes = "how many of them"
*/
select
    periods.period_start,
    avg(changes.review_seconds) / 86400 as review_days,
    avg(changes.release_seconds) / 86400 as release_days,
    count(changes.review_seconds) as changes
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.changes
    on changes.stream = $stream
    and changes.deployed_on = periods.day
    and ($services is null or list_contains($services, changes.service))
group by periods.period_start
order by periods.period_start
