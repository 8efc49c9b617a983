/*
title = "Cycle times one by one"
question = "How long did each item take, and which took unusually long?"
grain = "one row per item finished in the scope whose start is known; at most row_limit, the slowest of them always"
[columns]
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
finished_on = "day it finished"
cycle_days = "start to finish"
half_days = "half of all took no longer"
most_days = "85 % of all took no longer (observed)"
nearly_all_days = "95 % of all took no longer (observed)"
longer = "items that took longer than most_days, shown or not"
items = "items that finished, shown or not"
*/
with finished as (

    select
        items.item_id,
        items.title,
        items.type,
        items.finished_on,
        items.cycle_days
    from macros.items_in_scope($stream, $teams, $types, $clock, $start_rule) as items
    where items.finished_on >= $since and items.finished_on < $until and items.cycle_days is not null

),

whole as (

    select
        quantile_cont(finished.cycle_days, 0.5) as half_days,
        list_extract(quantile_disc(finished.cycle_days, [0.85, 0.95]), 1) as most_days,
        list_extract(quantile_disc(finished.cycle_days, [0.85, 0.95]), 2) as nearly_all_days,
        count(*) as items
    from finished

),

longer as (

    select count(*) as items
    from finished
    where finished.cycle_days > (select whole.most_days from whole)

),

chosen as (

    -- The slowest, and of the others a sample that is the same every time.
    select
        finished.*,
        whole.half_days,
        whole.most_days,
        whole.nearly_all_days,
        whole.items
    from finished
    cross join whole
    order by
        finished.cycle_days >= whole.nearly_all_days desc,
        md5(finished.item_id)
    limit $row_limit

)

select
    chosen.item_id,
    chosen.title,
    chosen.type,
    chosen.finished_on,
    chosen.cycle_days,
    chosen.half_days,
    chosen.most_days,
    chosen.nearly_all_days,
    longer.items as longer,
    chosen.items
from chosen
cross join longer
order by
    chosen.finished_on,
    chosen.item_id
