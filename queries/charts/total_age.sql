/*
title = "Total work-item age"
question = "Does the work on the way grow old?"
grain = "one row per period"
[columns]
period_start = "first day of the period"
value = "days that the items in progress at its end have been in progress, all together; null where no source tells"
items = "items in progress at its end"
*/
select
    periods.period_start,
    case when bool_or(streams.has_start_times) then coalesce(sum(present.age_days), 0) end as value,
    count(present.item_id) as items
from macros.periods($stream, $since, $until, $period) as periods
join marts.streams
    on streams.stream = $stream
left join macros.items_present($stream, $since, $until, $period, $teams, $types, $clock, $start_rule) as present
    on periods.period_start = present.period_start
group by periods.period_start
order by periods.period_start
