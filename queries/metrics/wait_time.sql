/*
title = "Wait time"
unit = "days"
better = "lower"
definition = "Lead time that is not process time."
formula = "percentile or mean of (lead time − process time) over items finished in the period"
source = "Martin & Osterling, Value Stream Mapping, 2013"
grain = "one row per period; value is null where no item finished"
behind = "event=finished"
*/
with finished as (

    select
        items.item_id,
        items.finished_on,
        case
            when $clock = 'working' then (items.lead_working_seconds - items.process_working_seconds) else
                (items.lead_seconds - items.process_seconds)
        end
        / 86400 as days
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
        when $percentile is null then avg(finished.days)
        else quantile_cont(finished.days, coalesce($percentile, 0.5))
    end as value,
    count(finished.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join finished
    on finished.finished_on = periods.day
group by periods.period_start
order by periods.period_start
