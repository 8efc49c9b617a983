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
with present as (

    select items.*
    from macros.items_present($stream, $since, $until, 'all', $teams, $types, $clock, $start_rule) as items

),

stopped as (

    select distinct blocked.item_id
    from marts.blocked
    join present
        on blocked.item_id = present.item_id
        and blocked.blocked_at <= present.ends_at
        and blocked.unblocked_at >= present.ends_at
    where blocked.stream = $stream

)

select
    present.item_id,
    present.title,
    present.type,
    placed.visit['stage'] as stage,
    placed.visit['position'] as position,
    present.age_days,
    stopped.item_id is not null as is_blocked
from present
left join macros.visits_then($stream, $teams, $types, $until) as placed
    on present.item_no = placed.item_no
left join stopped
    on present.item_id = stopped.item_id
order by
    present.age_days desc nulls last,
    present.item_id
