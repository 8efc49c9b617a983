/*
title = "Outcomes"
grain = "one row per work item: when it started, how and when it ended"
[columns]
stream = "value stream"
item_id = "key of the work item"
started_first_at = "UTC instant of the first crossing from backlog into progress or beyond; null if never started"
started_last_at = "UTC instant of the last such crossing"
finished_at = "UTC instant of the final entry into done; null if not finished"
cancelled_at = "UTC instant of the final entry into cancelled; null if not cancelled"
end_visit_no = "visit that ended it; null while it is open"
done_runs = "how often it came to be done"
*/
with last_visits as (

    select
        visits.stream,
        visits.item_id,
        max(visits.visit_no) as last_visit_no,
        arg_max(visits.category, visits.visit_no) as last_category
    from staging.visits
    group by
        visits.stream,
        visits.item_id

),

ended as (

    select
        last_visits.stream,
        last_visits.item_id,
        case
            when last_visits.last_category = 'cancelled' then 'cancelled'
            when last_visits.last_category = 'done' and items.dropped_at is not null then 'cancelled'
            -- Where no state is an explicit end, only a long silence says that an item is finished.
            when
                last_visits.last_category = 'done'
                and coalesce(
                    epoch(streams.last_event_at) - epoch(items.last_event_at) >= streams.quiet_seconds, true
                )
                then 'done'
        end as outcome
    from last_visits
    join staging.streams
        on last_visits.stream = streams.stream
    join staging.items
        on last_visits.stream = items.stream
        and last_visits.item_id = items.item_id

),

walked as (

    select
        visits.stream,
        visits.item_id,
        visits.visit_no,
        visits.entered_at,
        visits.category,
        lag(visits.category) over item_history as previous_category,
        -- An item that was dropped and taken up again stands where it stood before.
        lag(case when visits.category <> 'cancelled' then visits.category end ignore nulls)
            over item_history as previous_side
    from staging.visits
    where visits.category is not null
    window item_history as (partition by visits.stream, visits.item_id order by visits.visit_no)

),

facts as (

    select
        walked.stream,
        walked.item_id,
        min(walked.entered_at) filter (where walked.category in ('in-progress', 'done')) as started_first_at,
        max(walked.entered_at) filter (
            where
            walked.category in ('in-progress', 'done')
            and coalesce(walked.previous_side, 'backlog') = 'backlog'
        ) as started_last_at,
        max(walked.visit_no) filter (
            where walked.category is distinct from walked.previous_category
        ) as last_run_visit_no,
        count(*) filter (
            where walked.category = 'done' and walked.previous_category is distinct from 'done'
        ) as done_runs
    from walked
    group by
        walked.stream,
        walked.item_id

)

select
    facts.stream,
    facts.item_id,
    facts.started_first_at,
    facts.started_last_at,
    case when ended.outcome = 'done' then visits.entered_at end as finished_at,
    case when ended.outcome = 'cancelled' then visits.entered_at end as cancelled_at,
    case when ended.outcome is not null then facts.last_run_visit_no end as end_visit_no,
    facts.done_runs
from facts
join ended
    on facts.stream = ended.stream
    and facts.item_id = ended.item_id
join staging.visits
    on facts.stream = visits.stream
    and facts.item_id = visits.item_id
    and facts.last_run_visit_no = visits.visit_no
