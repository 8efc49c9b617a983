/*
title = "Blocked time"
unit = "days"
better = "lower"
definition = "Time that an item was flagged as blocked; overlapping flags count once."
formula = "percentile or mean of the union of blocked intervals per item finished in the period; 0 for items never blocked, unknown where no source tells blocked times"
source = "Anderson, Kanban, 2010"
grain = "one row per period; value is null where no item finished, and where no source tells blocked times"
behind = "event=finished"
*/
with finished as (

    select
        items.item_id,
        items.finished_on,
        case when $clock = 'working' then items.blocked_working_seconds else items.blocked_seconds end / 86400 as days
    from marts.items
    where
        items.stream = $stream
        and items.finished_on >= $since
        and items.finished_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

)

select
    periods.period_start,
    case
        when not bool_or(streams.has_blocked_times) then null
        when $percentile is null then avg(finished.days)
        else quantile_cont(finished.days, coalesce($percentile, 0.5))
    end as value,
    count(finished.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
join marts.streams
    on streams.stream = $stream
left join finished
    on finished.finished_on = periods.day
group by periods.period_start
order by periods.period_start
