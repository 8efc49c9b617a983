/*
title = "Service level"
unit = "days"
better = "lower"
definition = "85 % of the items finished in the period took this long or less: a value that was observed."
formula = "quantile_disc 0.85 of cycle time over items finished in the period"
source = "The Kanban Guide, 2020"
grain = "one row per period; value is null where no item finished"
behind = "event=finished&days_from=0"
*/
select
    periods.period_start,
    quantile_disc(
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
        end / 86400,
        0.85
    ) as value,
    count(items.cycle_first_seconds) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join marts.items
    on items.stream = $stream
    and items.finished_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
