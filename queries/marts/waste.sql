/*
title = "Waste"
grain = "one row per slice of a visit, bucket and reason; each second of every item before its end stands in one row"
[columns]
stream = "value stream"
item_id = "key of the work item"
visit_no = "visit of the item"
stage = "stage visited"
bucket = "partially-done, rework, waiting, batch, handoff, extra-process, task-switching or value-adding"
reason = "reason of blocked time; null otherwise"
activity = "VA what is value-adding; NNVA first-pass time in stages that are necessary only; NVA the rest"
team = "team of the item"
type = "type of the item"
ended_on = "day the item finished or was cancelled; null while it is open"
is_withdrawn = "cancelled after it was started"
seconds = "elapsed seconds"
working_seconds = "working seconds"
cost_per_day = "cost of delay of such an item, per day; null where none is given"
*/
with last_work as (

    select
        visits.stream,
        visits.item_id,
        max(visits.visit_no) as visit_no
    from marts.visits
    where visits.mode = 'active' and visits.category = 'in-progress' and visits.is_in_flow
    group by
        visits.stream,
        visits.item_id

),

-- What nothing but unplanned deployments carried was made to mend a failure of an earlier one.
fixes as (

    select
        item_deployments.stream,
        item_deployments.item_id
    from staging.item_deployments
    join marts.deployments
        on item_deployments.stream = deployments.stream
        and item_deployments.deployment_id = deployments.deployment_id
    group by
        item_deployments.stream,
        item_deployments.item_id
    having bool_and(coalesce(deployments.is_unplanned, false))

),

released as (

    select distinct
        item_deployments.stream,
        item_deployments.item_id
    from staging.item_deployments

),

judged as (

    -- The order of the rules is the order of the metric definition (waste): first match wins.
    select
        visits.stream,
        visits.item_id,
        visits.visit_no,
        visits.stage,
        visits.team,
        visits.type,
        coalesce(visits.finished_on, visits.cancelled_on) as ended_on,
        visits.cancelled_on is not null and items.started_first_at is not null as is_withdrawn,
        case
            when visits.cancelled_on is not null and items.started_first_at is not null then 'partially-done'
            when visits.is_rework or fixes.item_id is not null then 'rework'
        end as bucket_before_blocked,
        visits.activity,
        -- Published per team, of 5 people or more; elsewhere such time is in the bucket that the stage gives it.
        visits.mode = 'active'
        and visits.category = 'in-progress'
        and visits.activity <> 'NNVA'
        and coalesce(teams.is_published, false) as can_be_shared,
        coalesce(costs_of_delay.cost_per_day, streams.cost_of_delay_per_day) as cost_per_day,
        case
            -- A queue that is declared to wait for the train is one even where work, such as a stabilisation, follows.
            when visits.mode = 'wait' and visits.waste = 'batch' then 'batch'
            when visits.mode = 'wait' and visits.visit_no > last_work.visit_no and released.item_id is not null
                then 'batch'
            when visits.mode = 'wait' and (visits.is_handoff or visits.waste = 'handoff') then 'handoff'
            when visits.activity = 'NNVA' then 'extra-process'
            when visits.mode = 'wait' then 'waiting'
            when visits.activity = 'NVA' then coalesce(visits.waste, 'extra-process')
            else 'value-adding'
        end as bucket
    from marts.visits
    join marts.items
        on visits.stream = items.stream
        and visits.item_id = items.item_id
    join canonical.streams
        on visits.stream = streams.stream
    left join canonical.costs_of_delay
        on visits.stream = costs_of_delay.stream
        and visits.type = costs_of_delay.type
    left join marts.teams
        on visits.stream = teams.stream
        and visits.team = teams.team
    left join fixes
        on visits.stream = fixes.stream
        and visits.item_id = fixes.item_id
    left join last_work
        on visits.stream = last_work.stream
        and visits.item_id = last_work.item_id
    left join released
        on visits.stream = released.stream
        and visits.item_id = released.item_id
    where visits.is_in_flow

),

blocked as (

    select
        blocked_slices.stream,
        blocked_slices.item_id,
        blocked_slices.visit_no,
        blocked_slices.is_over_age,
        blocked_slices.reason,
        sum(blocked_slices.seconds) as seconds,
        sum(blocked_slices.working_seconds) as working_seconds
    from staging.blocked_slices
    group by
        blocked_slices.stream,
        blocked_slices.item_id,
        blocked_slices.visit_no,
        blocked_slices.is_over_age,
        blocked_slices.reason

),

blocked_sums as (

    select
        blocked.stream,
        blocked.item_id,
        blocked.visit_no,
        blocked.is_over_age,
        sum(blocked.seconds) as seconds,
        sum(blocked.working_seconds) as working_seconds
    from blocked
    group by
        blocked.stream,
        blocked.item_id,
        blocked.visit_no,
        blocked.is_over_age

),

free_time as (

    select
        slices.stream,
        slices.item_id,
        slices.visit_no,
        slices.is_over_age,
        cast(null as varchar) as reason,
        epoch(slices.slice_until_at) - epoch(slices.slice_from_at)
        - coalesce(blocked_sums.seconds, 0) as seconds,
        slices.worked_by_until - slices.worked_by_from
        - coalesce(blocked_sums.working_seconds, 0) as working_seconds
    from staging.slices
    left join blocked_sums
        on slices.stream = blocked_sums.stream
        and slices.item_id = blocked_sums.item_id
        and slices.visit_no = blocked_sums.visit_no
        and slices.is_over_age = blocked_sums.is_over_age

),

shared_time as (

    select
        free_time.stream,
        free_time.item_id,
        free_time.visit_no,
        free_time.is_over_age,
        greatest(0, least(free_time.seconds, shared_slices.seconds)) as seconds,
        greatest(0, least(free_time.working_seconds, shared_slices.working_seconds)) as working_seconds
    from free_time
    join judged
        on free_time.stream = judged.stream
        and free_time.item_id = judged.item_id
        and free_time.visit_no = judged.visit_no
    join staging.shared_slices
        on free_time.stream = shared_slices.stream
        and free_time.item_id = shared_slices.item_id
        and free_time.visit_no = shared_slices.visit_no
        and free_time.is_over_age = shared_slices.is_over_age
    where
        judged.can_be_shared
        and judged.bucket_before_blocked is null
        and not free_time.is_over_age
        and shared_slices.seconds > 0

),

parts as (

    select
        free_time.stream,
        free_time.item_id,
        free_time.visit_no,
        free_time.is_over_age,
        free_time.reason,
        false as is_shared,
        free_time.seconds - coalesce(shared_time.seconds, 0) as seconds,
        free_time.working_seconds - coalesce(shared_time.working_seconds, 0) as working_seconds
    from free_time
    left join shared_time
        on free_time.stream = shared_time.stream
        and free_time.item_id = shared_time.item_id
        and free_time.visit_no = shared_time.visit_no
        and free_time.is_over_age = shared_time.is_over_age
    union all
    select
        shared_time.stream,
        shared_time.item_id,
        shared_time.visit_no,
        shared_time.is_over_age,
        cast(null as varchar) as reason,
        true as is_shared,
        shared_time.seconds,
        shared_time.working_seconds
    from shared_time
    union all
    select
        blocked.stream,
        blocked.item_id,
        blocked.visit_no,
        blocked.is_over_age,
        blocked.reason,
        false as is_shared,
        blocked.seconds,
        blocked.working_seconds
    from blocked

),

booked as (

    select
        judged.stream,
        judged.item_id,
        judged.visit_no,
        judged.stage,
        judged.activity,
        case
            when parts.is_over_age then 'partially-done'
            when judged.bucket_before_blocked is not null then judged.bucket_before_blocked
            when parts.reason is not null then 'waiting'
            when parts.is_shared then 'task-switching'
            else judged.bucket
        end as bucket,
        case
            when not parts.is_over_age and judged.bucket_before_blocked is null then parts.reason
        end as reason,
        judged.team,
        judged.type,
        judged.ended_on,
        judged.is_withdrawn,
        parts.seconds,
        parts.working_seconds,
        judged.cost_per_day
    from parts
    join judged
        on parts.stream = judged.stream
        and parts.item_id = judged.item_id
        and parts.visit_no = judged.visit_no

)

select
    booked.stream,
    booked.item_id,
    booked.visit_no,
    booked.stage,
    booked.bucket,
    booked.reason,
    case
        when booked.bucket = 'value-adding' then 'VA'
        when booked.activity = 'NNVA' and booked.reason is null and booked.bucket not in ('partially-done', 'rework')
            then 'NNVA'
        else 'NVA'
    end as activity,
    booked.team,
    booked.type,
    booked.ended_on,
    booked.is_withdrawn,
    booked.seconds,
    booked.working_seconds,
    booked.cost_per_day
from booked
order by
    booked.stream,
    booked.ended_on,
    booked.item_id,
    booked.visit_no
