/*
title = "Order of the items"
grain = "one row per work item: its place in the tables that are read, by month of the end and team"
[columns]
item_no = "the item"
order_no = "1, 2, …: questions ask for a time and a team, so what they read stands together"
*/
select
    items.item_no,
    cast(row_number() over (
        order by
            items.stream,
            date_trunc('month', coalesce(outcomes.finished_at, outcomes.cancelled_at)) nulls last,
            items.team nulls last,
            items.item_id
    ) as integer) as order_no
from staging.items
left join staging.outcomes
    on items.item_no = outcomes.item_no
