/*
title = "Waste"
grain = "one row per slice of a visit, bucket and reason; each second of every item before its end stands in one row"
[columns]
item_no = "the item's place in marts.items"
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
        visits.item_no,
        max(visits.visit_no) as visit_no
    from marts.visits
    where visits.mode = 'active' and visits.category = 'in-progress' and visits.is_in_flow
    group by visits.item_no

),

-- What nothing but unplanned deployments carried was made to mend a failure of an earlier one.
releases as (

    select
        item_deployments.stream,
        item_deployments.item_id,
        bool_and(
            case when deployments.deployment_id is not null then coalesce(deployments.is_unplanned, false) end
        ) as is_fix
    from staging.item_deployments
    left join marts.deployments
        on item_deployments.stream = deployments.stream
        and item_deployments.deployment_id = deployments.deployment_id
    group by
        item_deployments.stream,
        item_deployments.item_id

),

owners as (

    select
        items.item_no,
        items.cancelled_on is not null and items.started_first_at is not null as is_withdrawn,
        coalesce(releases.is_fix, false) as is_fix,
        releases.item_id is not null as is_released,
        -- Published per team, of 5 people or more; elsewhere such time is in the bucket that the stage gives it.
        coalesce(teams.is_published, false) as is_published,
        coalesce(costs_of_delay.cost_per_day, streams.cost_of_delay_per_day) as cost_per_day,
        last_work.visit_no as last_work_no
    from marts.items
    join canonical.streams
        on items.stream = streams.stream
    left join canonical.costs_of_delay
        on items.stream = costs_of_delay.stream
        and items.type = costs_of_delay.type
    left join marts.teams
        on items.stream = teams.stream
        and items.team = teams.team
    left join releases
        on items.stream = releases.stream
        and items.item_id = releases.item_id
    left join last_work
        on items.item_no = last_work.item_no

),

judged as (

    -- The order of the rules is the order of the metric definition (waste): first match wins.
    select
        visits.item_no,
        visits.stream,
        visits.item_id,
        visits.visit_no,
        visits.stage,
        visits.team,
        visits.type,
        coalesce(visits.finished_on, visits.cancelled_on) as ended_on,
        owners.is_withdrawn,
        case
            when owners.is_withdrawn then 'partially-done'
            when visits.is_rework or owners.is_fix then 'rework'
        end as bucket_before_blocked,
        visits.activity,
        visits.mode = 'active'
        and visits.category = 'in-progress'
        and visits.activity <> 'NNVA'
        and owners.is_published as can_be_shared,
        owners.cost_per_day,
        case
            -- A queue that is declared to wait for the train is one even where work, such as a stabilisation, follows.
            when visits.mode = 'wait' and visits.waste = 'batch' then 'batch'
            when visits.mode = 'wait' and visits.visit_no > owners.last_work_no and owners.is_released then 'batch'
            when visits.mode = 'wait' and (visits.is_handoff or visits.waste = 'handoff') then 'handoff'
            when visits.activity = 'NNVA' then 'extra-process'
            when visits.mode = 'wait' then 'waiting'
            when visits.activity = 'NVA' then coalesce(visits.waste, 'extra-process')
            else 'value-adding'
        end as bucket
    from marts.visits
    join owners
        on visits.item_no = owners.item_no
    where visits.is_in_flow

),

blocked as (

    select
        item_order.order_no as item_no,
        blocked_slices.visit_no,
        blocked_slices.is_over_age,
        blocked_slices.reason,
        sum(blocked_slices.seconds) as seconds,
        sum(blocked_slices.working_seconds) as working_seconds
    from staging.blocked_slices
    join staging.item_order
        on blocked_slices.item_no = item_order.item_no
    group by
        item_order.order_no,
        blocked_slices.visit_no,
        blocked_slices.is_over_age,
        blocked_slices.reason

),

blocked_sums as (

    select
        blocked.item_no,
        blocked.visit_no,
        blocked.is_over_age,
        sum(blocked.seconds) as seconds,
        sum(blocked.working_seconds) as working_seconds
    from blocked
    group by
        blocked.item_no,
        blocked.visit_no,
        blocked.is_over_age

),

free_time as (

    select
        item_order.order_no as item_no,
        slices.visit_no,
        slices.is_over_age,
        epoch(slices.slice_until_at) - epoch(slices.slice_from_at) as seconds,
        slices.worked_by_until - slices.worked_by_from as working_seconds,
        shared_slices.seconds as shared_seconds,
        shared_slices.working_seconds as shared_working_seconds
    from staging.slices
    join staging.item_order
        on slices.item_no = item_order.item_no
    left join staging.shared_slices
        on slices.item_no = shared_slices.item_no
        and slices.visit_no = shared_slices.visit_no
        and slices.is_over_age = shared_slices.is_over_age
        and shared_slices.seconds > 0
        and not slices.is_over_age

),

slices as (

    select
        judged.*,
        free_time.is_over_age,
        free_time.seconds - coalesce(blocked_sums.seconds, 0) as seconds,
        free_time.working_seconds - coalesce(blocked_sums.working_seconds, 0) as working_seconds,
        case when judged.can_be_shared and judged.bucket_before_blocked is null then free_time.shared_seconds end
            as shared_seconds,
        free_time.shared_working_seconds
    from free_time
    join judged
        on free_time.item_no = judged.item_no
        and free_time.visit_no = judged.visit_no
    left join blocked_sums
        on free_time.item_no = blocked_sums.item_no
        and free_time.visit_no = blocked_sums.visit_no
        and free_time.is_over_age = blocked_sums.is_over_age

),

shared_time as (

    select
        slices.* exclude (seconds, working_seconds, shared_seconds, shared_working_seconds),
        slices.seconds,
        slices.working_seconds,
        case
            when slices.shared_seconds is not null then greatest(0, least(slices.seconds, slices.shared_seconds))
        end as shared_seconds,
        case
            when slices.shared_seconds is not null
                then greatest(0, least(slices.working_seconds, slices.shared_working_seconds))
        end as shared_working_seconds
    from slices

),

booked as (

    select
        shared_time.*,
        cast(null as varchar) as reason,
        false as is_shared
    from shared_time
    union all
    select
        shared_time.* replace (
            shared_time.shared_seconds as seconds, shared_time.shared_working_seconds as working_seconds,
            cast(null as double) as shared_seconds, cast(null as double) as shared_working_seconds
        ),
        cast(null as varchar) as reason,
        true as is_shared
    from shared_time
    where shared_time.shared_seconds is not null
    union all
    select
        judged.*,
        blocked.is_over_age,
        blocked.seconds,
        blocked.working_seconds,
        cast(null as double) as shared_seconds,
        cast(null as double) as shared_working_seconds,
        blocked.reason,
        false as is_shared
    from blocked
    join judged
        on blocked.item_no = judged.item_no
        and blocked.visit_no = judged.visit_no

),

named as (

    select
        booked.item_no,
        booked.stream,
        booked.item_id,
        booked.visit_no,
        booked.stage,
        booked.activity,
        case
            when booked.is_over_age then 'partially-done'
            when booked.bucket_before_blocked is not null then booked.bucket_before_blocked
            when booked.reason is not null then 'waiting'
            when booked.is_shared then 'task-switching'
            else booked.bucket
        end as bucket,
        case when not booked.is_over_age and booked.bucket_before_blocked is null then booked.reason end as reason,
        booked.team,
        booked.type,
        booked.ended_on,
        booked.is_withdrawn,
        booked.seconds - coalesce(booked.shared_seconds, 0) as seconds,
        booked.working_seconds - coalesce(booked.shared_working_seconds, 0) as working_seconds,
        booked.cost_per_day
    from booked

)

select
    named.item_no,
    named.stream,
    named.item_id,
    named.visit_no,
    named.stage,
    named.bucket,
    named.reason,
    case
        when named.bucket = 'value-adding' then 'VA'
        when named.activity = 'NNVA' and named.reason is null and named.bucket not in ('partially-done', 'rework')
            then 'NNVA'
        else 'NVA'
    end as activity,
    named.team,
    named.type,
    named.ended_on,
    named.is_withdrawn,
    named.seconds,
    named.working_seconds,
    named.cost_per_day
from named
order by
    named.item_no,
    named.visit_no
