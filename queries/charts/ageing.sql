/*
title = "Ageing work in progress"
question = "Which items are growing old, and where?"
grain = "one row per item in progress at the end of the scope, the oldest first"
[columns]
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
stage = "stage it is in then"
position = "its order in the reference path; null for states that no stage collects"
age_days = "start to the end of the scope, or to the stream's last event; null where no start is told"
is_blocked = "it is flagged as blocked then"
*/
with present as materialized (

    select *
    from macros.items_present($stream, $since, $until, 'all', $teams, $types, $clock, $start_rule)

),

placed as (

    select
        visits.item_id,
        max(visits.visit_no) as visit_no
    from marts.visits
    join present
        on visits.item_id = present.item_id
        and visits.entered_on < present.period_end
    where visits.stream = $stream
    group by visits.item_id

)

select
    present.item_id,
    items.title,
    present.type,
    visits.stage,
    visits.position,
    present.age_days,
    present.item_id in (
        select blocked.item_id
        from marts.blocked
        where
            blocked.stream = $stream
            and blocked.blocked_at <= present.ends_at
            and blocked.unblocked_at >= present.ends_at
    ) as is_blocked
from present
join marts.items
    on items.stream = $stream
    and present.item_id = items.item_id
left join placed
    on present.item_id = placed.item_id
left join marts.visits
    on visits.stream = $stream
    and placed.item_id = visits.item_id
    and placed.visit_no = visits.visit_no
order by
    present.age_days desc nulls last,
    present.item_id
