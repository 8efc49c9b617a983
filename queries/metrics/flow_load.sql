/*
title = "Flow load"
unit = "items"
better = "lower"
definition = "Work in progress of the chosen types at the end of the period."
formula = "count of items with start ≤ t < finish or cancellation, t the end of the period"
source = "Kersten, Project to Product, 2018"
grain = "one row per period; 0 where nothing was in progress, null where no source tells"
behind = "event=in+progress"
*/
with moves as (

    select
        greatest(case when $start_rule = 'last' then items.started_last_on else items.started_first_on end, cast($since as date))
            as moved_on,
        1 as change
    from marts.items
    where
        items.stream = $stream
        and case when $start_rule = 'last' then items.started_last_on else items.started_first_on end < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))
    union all
    select
        greatest(items.ended_on, cast($since as date)) as moved_on,
        -1 as change
    from marts.items
    where
        items.stream = $stream
        and items.started_first_on is not null
        and items.ended_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

),

net as (

    select
        periods.period_start,
        -- Where no source tells a start, only what is in progress now is known.
        bool_or(streams.has_start_times or periods.ends_at >= streams.last_event_at) as is_known,
        cast(coalesce(sum(moves.change), 0) as bigint) as change
    from macros.period_days($stream, $since, $until, $period) as periods
    join marts.streams
        on streams.stream = $stream
    left join moves
        on moves.moved_on = periods.day
    group by periods.period_start

),

summed as (

    select
        net.period_start,
        net.is_known,
        cast(sum(net.change) over (order by net.period_start) as bigint) as present
    from net

)

select
    summed.period_start,
    case when summed.is_known then summed.present end as value,
    case when summed.is_known then summed.present else 0 end as items
from summed
order by summed.period_start
