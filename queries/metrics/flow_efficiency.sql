/*
title = "Flow efficiency"
unit = "ratio"
better = "higher"
definition = "Share of the lead time in which items were worked on."
formula = "Σ process time ÷ Σ lead time over items finished in the period: a ratio of sums, never a mean of ratios"
source = "Martin & Osterling, Value Stream Mapping, 2013 (activity ratio)"
grain = "one row per period; value is null where no item finished, and where no stage of the stream is marked as waiting (not configured)"
behind = "event=finished"
*/
select
    periods.period_start,
    case
        when bool_or(streams.has_wait_stage) then
            sum(case when $clock = 'working' then items.process_working_seconds else items.process_seconds end)
            / nullif(sum(case when $clock = 'working' then items.lead_working_seconds else items.lead_seconds end), 0)
    end as value,
    count(items.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
join marts.streams
    on streams.stream = $stream
left join marts.items
    on items.stream = $stream
    and items.finished_on = periods.day
    and ($teams is null or list_contains($teams, items.team))
    and ($types is null or list_contains($types, items.type))
group by periods.period_start
order by periods.period_start
