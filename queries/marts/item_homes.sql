/*
title = "Homes of items"
grain = "one row per item, however many streams share it"
[columns]
origin = "stream that it was imported into"
item_id = "key of the work item"
stream = "stream in which it counts where streams are summed: the first of those that chose it, else its own"
*/
select
    item_homes.origin,
    item_homes.item_id,
    item_homes.home_stream as stream
from staging.item_homes
order by
    item_homes.home_stream,
    item_homes.item_id
