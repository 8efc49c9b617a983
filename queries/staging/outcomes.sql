/*
title = "Outcomes"
grain = "one row per work item: when it started, how and when it ended"
[columns]
item_no = "the item"
stream = "value stream"
item_id = "key of the work item"
started_first_at = "UTC instant of the first crossing from backlog into progress or beyond; null if never started"
started_last_at = "UTC instant of the last such crossing"
finished_at = "UTC instant of the final entry into done; null if not finished"
cancelled_at = "UTC instant of the final entry into cancelled; null if not cancelled"
end_visit_no = "visit that ended it; null while it is open"
done_runs = "how often it came to be done"
*/
with facts as (

    select
        visits.item_no,
        max(visits.visit_no) filter (where visits.category is not null) as last_visit_no,
        max(visits.visit_no) filter (where visits.category = 'done') as last_done_visit_no,
        max(visits.visit_no) filter (where visits.category = 'cancelled') as last_cancelled_visit_no,
        min(visits.entered_at) filter (where visits.category in ('in-progress', 'done')) as started_first_at,
        max(visits.entered_at) filter (
            where
            visits.category in ('in-progress', 'done')
            and coalesce(visits.previous_side, 'backlog') = 'backlog'
        ) as started_last_at,
        max(visits.visit_no) filter (
            where visits.category <> coalesce(visits.previous_category, '')
        ) as last_run_visit_no,
        -- Visits are numbered by their instants: the last is the latest.
        max(visits.entered_at) filter (
            where visits.category <> coalesce(visits.previous_category, '')
        ) as last_run_entered_at,
        count(*) filter (
            where visits.category = 'done' and visits.previous_category is distinct from 'done'
        ) as done_runs
    from staging.visits
    group by visits.item_no

),

ended as (

    select
        facts.*,
        items.stream,
        items.item_id,
        case
            when facts.last_cancelled_visit_no = facts.last_visit_no then 'cancelled'
            when facts.last_done_visit_no = facts.last_visit_no and items.dropped_at is not null then 'cancelled'
            -- Where no state is an explicit end, only a long silence says that an item is finished.
            when
                facts.last_done_visit_no = facts.last_visit_no
                and coalesce(
                    epoch(streams.last_event_at) - epoch(items.last_event_at) >= streams.quiet_seconds, true
                )
                then 'done'
        end as outcome
    from facts
    join staging.items
        on facts.item_no = items.item_no
    join staging.streams
        on items.stream = streams.stream
    where facts.last_visit_no is not null

)

select
    ended.item_no,
    ended.stream,
    ended.item_id,
    ended.started_first_at,
    ended.started_last_at,
    case when ended.outcome = 'done' then ended.last_run_entered_at end as finished_at,
    case when ended.outcome = 'cancelled' then ended.last_run_entered_at end as cancelled_at,
    case when ended.outcome is not null then ended.last_run_visit_no end as end_visit_no,
    ended.done_runs
from ended
