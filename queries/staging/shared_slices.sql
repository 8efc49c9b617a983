/*
title = "Shared active time"
grain = "one row per slice with active time of a known person"
[columns]
item_no = "the item"
visit_no = "visit of the item"
is_over_age = "as of the slice"
seconds = "elapsed seconds of its active time that went to the other items open at once: (k - 1) / k with k items open"
working_seconds = "the same by the working calendar"
*/
select
    active.item_no,
    active.visit_no,
    active.is_over_age,
    -- What had been shared when a time ended, less what had been shared when it began.
    -- To the millisecond: what is left by the arithmetic of doubles is no time.
    round(sum(-active.change * open_items.shared_seconds), 3) as seconds,
    round(sum(-active.change * open_items.shared_working_seconds), 3) as working_seconds
from staging.active
join staging.open_items
    on active.person_no = open_items.person_no
    and active.occurred_at = open_items.occurred_at
group by
    active.item_no,
    active.visit_no,
    active.is_over_age
