/*
title = "Items open at once"
question = "How many items does one person of a team have open at once?"
grain = "one row per team and month that begins in the scope, the latest first; all types of items"
[columns]
team = "team of the items"
month_on = "first day of the month in the stream's zone"
open_items = "median over its people of the items each had open, averaged over the time they had any; null below 5 people"
people = "people who were active on its items in that month"
*/
select
    open_at_once.team,
    open_at_once.month_on,
    open_at_once.open_items,
    open_at_once.people_count as people
from marts.open_at_once
where
    open_at_once.stream = $stream
    and open_at_once.month_on >= $since
    and open_at_once.month_on < $until
    and ($teams is null or list_contains($teams, open_at_once.team))
order by
    open_at_once.month_on desc,
    open_at_once.team
