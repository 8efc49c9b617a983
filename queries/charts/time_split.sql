/*
title = "Working, waiting, blocked"
question = "What was the lead time spent on?"
grain = "one row per period and kind of time, over the items finished in it"
[columns]
period_start = "first day of the period"
kind = "process (active, not blocked), blocked, or waiting (the rest)"
days = "item-days"
share = "share of the period's lead time; null where no item finished"
items = "items finished in the period"
*/
with finished as (

    select
        items.item_id,
        items.finished_on,
        items.lead_days,
        items.process_days,
        items.blocked_days
    from macros.items_in_scope($stream, $teams, $types, $clock, $start_rule) as items
    where items.finished_on >= $since and items.finished_on < $until

),

summed as (

    select
        periods.period_start,
        coalesce(sum(finished.process_days), 0) as process_days,
        coalesce(sum(finished.blocked_days), 0) as blocked_days,
        coalesce(sum(finished.lead_days), 0) as lead_days,
        count(finished.item_id) as items
    from macros.period_days($stream, $since, $until, $period) as periods
    left join finished
        on finished.finished_on = periods.day
    group by periods.period_start

),

kinds as (

    select
        summed.*,
        unnest(['process', 'blocked', 'waiting']) as kind,
        unnest([
            summed.process_days, summed.blocked_days, summed.lead_days - summed.process_days - summed.blocked_days
        ]) as days
    from summed

)

select
    kinds.period_start,
    kinds.kind,
    kinds.days,
    kinds.days / nullif(kinds.lead_days, 0) as share,
    kinds.items
from kinds
order by
    kinds.period_start,
    kinds.kind
