/*
title = "Homes of items"
grain = "one row per item, however many streams share it"
[columns]
origin = "stream that it was imported into"
item_id = "key of the work item"
home_stream = "stream in which it counts where streams are summed: the first of those that chose it, else its own"
*/
select
    coalesce(streams.chosen_from, items.stream) as origin,
    items.item_id,
    coalesce(min(items.stream) filter (where streams.chosen_from is not null), min(items.stream)) as home_stream
from staging.items
join canonical.streams
    on items.stream = streams.stream
group by
    origin,
    items.item_id
