/*
title = "Cycle time"
unit = "days"
better = "lower"
definition = "How long an item takes from its start, the crossing from backlog into progress, to its final entry into done."
formula = "percentile or mean of (final entry into done − first or last start) over items finished in the period"
source = "The Kanban Guide, 2020"
grain = "one row per period; value is null where no item finished"
behind = "event=finished&days_from=0"
*/
with finished as (

    select
        items.item_id,
        items.finished_on,
        case
            when
                $clock = 'working'
                then
                    (
                        case
                            when $start_rule = 'last' then items.cycle_last_working_seconds else items.cycle_first_working_seconds
                        end
                    )
            else (case when $start_rule = 'last' then items.cycle_last_seconds else items.cycle_first_seconds end)
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
    count(finished.days) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join finished
    on finished.finished_on = periods.day
group by periods.period_start
order by periods.period_start
