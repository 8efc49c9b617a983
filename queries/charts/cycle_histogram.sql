/*
title = "Cycle times by length"
question = "Which cycle times are usual?"
grain = "one row per bin of equal width, the empty ones too; the last one holds the slowest 1 % and is open"
[columns]
days_from = "cycle times from this many days"
days_to = "to less than this many; null for the last bin"
items = "items finished in the scope"
*/
with finished as (

    select items.cycle_days
    from macros.items_in_scope($stream, $teams, $types, $clock, $start_rule) as items
    where items.finished_on >= $since and items.finished_on < $until and items.cycle_days is not null

),

widths as (

    -- The smallest of 1, 2, 5 times a power of ten that makes 30 bins or fewer.
    select min(step.days * power(10, power_of_ten.value)) as days
    from (values (1), (2), (5)) as step (days)
    cross join (select unnest(generate_series(-3, 5)) as value) as power_of_ten
    where
        step.days * power(10, power_of_ten.value) * 30
        >= (select quantile_disc(finished.cycle_days, 0.99) from finished)

),

binned as (

    select
        least(
            cast(floor(finished.cycle_days / widths.days) as integer),
            cast(ceil((select quantile_disc(longest.cycle_days, 0.99) from finished as longest) / widths.days) as integer)
        ) as bin,
        widths.days
    from finished
    cross join widths

),

bins as (

    select
        unnest(generate_series(0, max(binned.bin))) as bin,
        max(binned.bin) as last_bin,
        any_value(binned.days) as days
    from binned

)

select
    bins.bin * bins.days as days_from,
    case when bins.bin < bins.last_bin then (bins.bin + 1) * bins.days end as days_to,
    count(binned.bin) as items
from bins
left join binned
    on bins.bin = binned.bin
group by
    bins.bin,
    bins.last_bin,
    bins.days
order by bins.bin
