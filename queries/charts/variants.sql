/*
title = "Variants"
question = "How many different ways do items go, and how long do they take?"
grain = "one row per path, over the items that ended in the period; the most frequent first"
[columns]
variant = "short name of the path"
path = "states in order"
items = "items that went so"
share_ratio = "of all items that ended in the period"
coverage_ratio = "of this path and all more frequent ones together"
moves_count = "states entered on the way"
median_lead_days = "median time from creation to the end"
p85_lead_days = "85 % took no longer (observed)"
variants = "how many different paths there are"
*/
with chosen as (

    select
        paths.variant,
        paths.path,
        paths.moves_count,
        case when $clock = 'working' then items.lead_working_seconds else items.lead_seconds end / 86400 as lead_days
    from marts.paths
    join marts.items
        on paths.stream = items.stream
        and paths.item_id = items.item_id
    where
        paths.stream = $stream
        and items.ended_on >= $since
        and items.ended_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

),

grouped as (

    select
        chosen.variant,
        any_value(chosen.path) as path,
        any_value(chosen.moves_count) as moves_count,
        count(*) as items,
        quantile_cont(chosen.lead_days, 0.5) as median_lead_days,
        quantile_disc(chosen.lead_days, 0.85) as p85_lead_days
    from chosen
    group by chosen.variant

)

select
    grouped.variant,
    grouped.path,
    grouped.items,
    grouped.items / sum(grouped.items) over () as share_ratio,
    sum(grouped.items) over (
        order by grouped.items desc, grouped.moves_count, grouped.path
        rows between unbounded preceding and current row
    ) / sum(grouped.items) over () as coverage_ratio,
    grouped.moves_count,
    grouped.median_lead_days,
    grouped.p85_lead_days,
    count(*) over () as variants
from grouped
order by
    grouped.items desc,
    grouped.moves_count,
    grouped.path
limit $row_limit
