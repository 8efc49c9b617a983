/*
title = "Kinds of work"
question = "What kinds of work get done, and are on the way?"
grain = "one row per period and type of which an item finished in it or was in progress at its end"
[columns]
period_start = "first day of the period"
type = "kind of work"
finished = "items finished in the period"
in_progress = "items in progress at its end"
*/
with finished as (

    select
        periods.period_start,
        coalesce(items.type, '(none)') as type,
        count(*) as finished
    from macros.period_days($stream, $since, $until, $period) as periods
    join macros.items_in_scope($stream, $teams, $types, $clock, $start_rule) as items
        on items.finished_on = periods.day
    group by
        periods.period_start,
        coalesce(items.type, '(none)')

),

present as (

    select
        items.period_start,
        coalesce(items.type, '(none)') as type,
        count(*) as in_progress
    from macros.items_present($stream, $since, $until, $period, $teams, $types, $clock, $start_rule) as items
    group by
        items.period_start,
        coalesce(items.type, '(none)')

)

select
    coalesce(finished.period_start, present.period_start) as period_start,
    coalesce(finished.type, present.type) as type,
    coalesce(finished.finished, 0) as finished,
    coalesce(present.in_progress, 0) as in_progress
from finished
full join present
    on finished.period_start = present.period_start
    and finished.type = present.type
order by
    period_start,
    type
