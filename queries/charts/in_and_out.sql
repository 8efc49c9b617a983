/*
title = "Arrivals and departures"
question = "Does as much leave as comes in?"
grain = "one row per period"
[columns]
period_start = "first day of the period"
arrivals = "items started in it"
departures = "items that finished, or were withdrawn after their start"
net_flow = "departures less arrivals: below zero more came than left"
*/
with moves as (

    select
        items.arrived_on as moved_on,
        1 as arrivals,
        0 as departures
    from macros.items_in_scope($stream, $teams, $types, $clock, $start_rule) as items
    where items.arrived_on >= $since and items.arrived_on < $until
    union all
    select
        items.ended_on as moved_on,
        0 as arrivals,
        1 as departures
    from macros.items_in_scope($stream, $teams, $types, $clock, $start_rule) as items
    where items.arrived_on is not null and items.ended_on >= $since and items.ended_on < $until

)

select
    periods.period_start,
    cast(coalesce(sum(moves.arrivals), 0) as bigint) as arrivals,
    cast(coalesce(sum(moves.departures), 0) as bigint) as departures,
    cast(coalesce(sum(moves.departures - moves.arrivals), 0) as bigint) as net_flow
from macros.period_days($stream, $since, $until, $period) as periods
left join moves
    on moves.moved_on = periods.day
group by periods.period_start
order by periods.period_start
