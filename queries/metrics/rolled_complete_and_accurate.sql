/*
title = "Rolled complete and accurate"
unit = "ratio"
better = "higher"
definition = "The chance that work passes every step without coming back, if the steps were independent; the measured first-pass yield stands beside it."
formula = "product over the active stages of their %C&A, over items finished in the period"
source = "Martin & Osterling, Value Stream Mapping, 2013 (rolled %C&A)"
grain = "one row per period; value is null where nothing crossed; items counts the finished items that crossed a step"
behind = "event=finished"
*/
with steps as (

    select
        periods.period_start,
        crossings.stage,
        1 - count(*) filter (where crossings.is_returned) / count(*) as complete_and_accurate
    from macros.period_days($stream, $since, $until, $period) as periods
    join marts.crossings
        on crossings.stream = $stream
        and crossings.finished_on = periods.day
        and ($teams is null or list_contains($teams, crossings.team))
        and ($types is null or list_contains($types, crossings.type))
    group by
        periods.period_start,
        crossings.stage

),

rolled as (

    select
        steps.period_start,
        product(steps.complete_and_accurate) as value
    from steps
    group by steps.period_start

)

select
    periods.period_start,
    any_value(rolled.value) as value,
    count(distinct crossings.item_no) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join rolled
    on periods.period_start = rolled.period_start
left join marts.crossings
    on crossings.stream = $stream
    and crossings.finished_on = periods.day
    and ($teams is null or list_contains($teams, crossings.team))
    and ($types is null or list_contains($types, crossings.type))
group by periods.period_start
order by periods.period_start
