/*
title = "An item's story"
question = "What happened to this item, from its creation to its end?"
grain = "one row per stay of the item, in order; the last one is where it ended, or is now"
[columns]
visit_no = "1 = first stay"
stage = "stage it was in"
mode = "active or wait"
category = "backlog, in-progress, done or cancelled"
team = "team that owns the stage; null where none is declared"
is_rework = "the stage, or a later one, had been passed before"
is_handoff = "the owning team changed with it"
is_in_flow = "before the item's end"
entered_at = "instant of the entry in the stream's zone"
until_at = "instant of the next entry, or of the stream's last event, in the stream's zone"
days = "how long it stayed"
blocked_days = "time of it in which it was blocked"
reasons = "why, | between them; null where it was not blocked or nobody says"
*/
with stops as (

    select
        visits.visit_no,
        array_to_string(list_sort(list(distinct blocked.reason)), '|') as reasons
    from marts.visits
    join marts.blocked
        on visits.stream = blocked.stream
        and visits.item_id = blocked.item_id
        and blocked.blocked_at < visits.until_at
        and blocked.unblocked_at > visits.entered_at
    where
        visits.stream = $stream
        and visits.item_id = $item
        and blocked.reason is not null
    group by visits.visit_no

)

select
    visits.visit_no,
    visits.stage,
    visits.mode,
    visits.category,
    stages.team,
    visits.is_rework,
    visits.is_handoff,
    visits.is_in_flow,
    timezone(streams.time_zone, timezone('UTC', visits.entered_at)) as entered_at,
    timezone(streams.time_zone, timezone('UTC', visits.until_at)) as until_at,
    case when $clock = 'working' then visits.working_seconds else visits.seconds end / 86400 as days,
    case when $clock = 'working' then visits.blocked_working_seconds else visits.blocked_seconds end / 86400 as blocked_days,
    stops.reasons
from marts.visits
join marts.streams
    on visits.stream = streams.stream
left join marts.stages
    on visits.stream = stages.stream
    and visits.stage = stages.stage
left join stops
    on visits.visit_no = stops.visit_no
where
    visits.stream = $stream
    and visits.item_id = $item
    and ($teams is null or list_contains($teams, visits.team))
    and ($types is null or list_contains($types, visits.type))
order by visits.visit_no
