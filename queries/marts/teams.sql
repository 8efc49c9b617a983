/*
title = "Teams"
grain = "one row per team that items belong to"
[columns]
stream = "value stream"
team = "team"
people_count = "people who were named on active work in progress on its items"
is_published = "5 people or more: what is derived from people is told of the team as a whole"
*/
select
    items.stream,
    items.team,
    count(distinct active.person_no) as people_count,
    count(distinct active.person_no) >= 5 as is_published
from staging.items
left join staging.active
    on items.item_no = active.item_no
where items.team is not null
group by
    items.stream,
    items.team
order by
    items.stream,
    items.team
