/*
title = "States in the order of the board"
grain = "one row per list; archived cards are in one of their own"
*/
select
    lists.stream,
    lists.name as state,
    cast(null as varchar) as category,
    min(lists.position) as position
from reading.lists
group by
    lists.stream,
    lists.name
