/*
title = "Blocked time by visit"
grain = "one row per visit before the end with any"
[columns]
item_no = "the item"
visit_no = "visit of the item"
blocked_seconds = "elapsed seconds in which it was blocked"
blocked_working_seconds = "working seconds in which it was"
*/
select
    blocked_slices.item_no,
    blocked_slices.visit_no,
    sum(blocked_slices.seconds) as blocked_seconds,
    sum(blocked_slices.working_seconds) as blocked_working_seconds
from staging.blocked_slices
group by
    blocked_slices.item_no,
    blocked_slices.visit_no
