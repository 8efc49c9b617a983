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
        slices.item_no,
        max(slices.visit_no) as visit_no
    from staging.slices
    where slices.is_worked
    group by slices.item_no

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
        item_order.item_no,
        items.item_no as order_no,
        items.item_id,
        items.team,
        items.type,
        items.ended_on,
        items.cancelled_on is not null and items.started_first_at is not null as is_withdrawn,
        coalesce(releases.is_fix, false) as is_fix,
        releases.item_id is not null as is_released,
        -- Published per team, of 5 people or more; elsewhere such time is in the bucket that the stage gives it.
        coalesce(teams.is_published, false) as is_published,
        coalesce(costs_of_delay.cost_per_day, streams.cost_of_delay_per_day) as cost_per_day,
        last_work.visit_no as last_work_no
    from marts.items
    join staging.item_order
        on items.item_no = item_order.order_no
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
        on item_order.item_no = last_work.item_no

),

blocked as (

    select
        blocked_slices.item_no,
        blocked_slices.visit_no,
        blocked_slices.is_over_age,
        blocked_slices.reason,
        sum(blocked_slices.seconds) as seconds,
        sum(blocked_slices.working_seconds) as working_seconds
    from staging.blocked_slices
    group by
        blocked_slices.item_no,
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
        slices.item_no,
        slices.visit_no,
        slices.place_no,
        slices.is_over_age,
        slices.is_rework,
        slices.is_handoff,
        cast(null as varchar) as reason,
        epoch(slices.slice_until_at) - epoch(slices.slice_from_at) - coalesce(blocked_sums.seconds, 0) as seconds,
        slices.worked_by_until - slices.worked_by_from - coalesce(blocked_sums.working_seconds, 0) as working_seconds,
        case
            when
                owners.is_published
                and not owners.is_withdrawn
                and not owners.is_fix
                and slices.is_worked
                and not slices.is_rework
                and not slices.is_over_age
                and places.activity <> 'NNVA'
                and shared_slices.seconds > 0
                then shared_slices.seconds
        end as shared_seconds,
        shared_slices.working_seconds as shared_working_seconds
    from staging.slices
    join owners
        on slices.item_no = owners.item_no
    join staging.places
        on slices.place_no = places.place_no
    left join blocked_sums
        on slices.item_no = blocked_sums.item_no
        and slices.visit_no = blocked_sums.visit_no
        and slices.is_over_age = blocked_sums.is_over_age
    left join staging.shared_slices
        on slices.item_no = shared_slices.item_no
        and slices.visit_no = shared_slices.visit_no
        and slices.is_over_age = shared_slices.is_over_age

),

parts as (

    select
        free_time.item_no,
        free_time.visit_no,
        free_time.place_no,
        free_time.is_over_age,
        free_time.is_rework,
        free_time.is_handoff,
        free_time.reason,
        -- One row without the shared time, and another one with it where there is any.
        unnest(case when free_time.shared_seconds is null then [false] else [false, true] end) as is_shared,
        free_time.seconds,
        free_time.working_seconds,
        greatest(0, least(free_time.seconds, free_time.shared_seconds)) as shared_seconds,
        greatest(0, least(free_time.working_seconds, free_time.shared_working_seconds)) as shared_working_seconds,
        free_time.shared_seconds is not null as has_shared_time
    from free_time
    union all
    select
        slices.item_no,
        slices.visit_no,
        slices.place_no,
        slices.is_over_age,
        slices.is_rework,
        slices.is_handoff,
        blocked.reason,
        false as is_shared,
        blocked.seconds,
        blocked.working_seconds,
        cast(null as double) as shared_seconds,
        cast(null as double) as shared_working_seconds,
        false as has_shared_time
    from blocked
    join staging.slices
        on blocked.item_no = slices.item_no
        and blocked.visit_no = slices.visit_no
        and blocked.is_over_age = slices.is_over_age

),

sorted as (

    -- Numbers are sorted, names come afterwards: a tenth of the bytes.
    select
        owners.order_no,
        parts.item_no,
        parts.visit_no,
        parts.place_no,
        parts.is_over_age,
        parts.is_rework,
        parts.is_handoff,
        parts.reason,
        parts.is_shared,
        case
            when parts.is_shared then parts.shared_seconds
            when parts.has_shared_time then parts.seconds - parts.shared_seconds
            else parts.seconds
        end as seconds,
        case
            when parts.is_shared then parts.shared_working_seconds
            when parts.has_shared_time then parts.working_seconds - parts.shared_working_seconds
            else parts.working_seconds
        end as working_seconds
    from parts
    join owners
        on parts.item_no = owners.item_no
    order by
        owners.order_no,
        parts.visit_no

),

judged as (

    -- The order of the rules is the order of the metric definition (waste): first match wins.
    select
        sorted.order_no,
        owners.item_id,
        sorted.visit_no,
        places.stream,
        places.stage,
        places.activity,
        owners.team,
        owners.type,
        owners.ended_on,
        owners.is_withdrawn,
        owners.cost_per_day,
        sorted.seconds,
        sorted.working_seconds,
        sorted.is_over_age or owners.is_withdrawn or sorted.is_rework or owners.is_fix as is_lost_whole,
        sorted.reason,
        case
            when sorted.is_over_age or owners.is_withdrawn then 'partially-done'
            when sorted.is_rework or owners.is_fix then 'rework'
            when sorted.reason is not null then 'waiting'
            when sorted.is_shared then 'task-switching'
            -- A queue that is declared to wait for the train is one even where work, such as a stabilisation, follows.
            when places.mode = 'wait' and places.waste = 'batch' then 'batch'
            when places.mode = 'wait' and sorted.visit_no > owners.last_work_no and owners.is_released then 'batch'
            when places.mode = 'wait' and (sorted.is_handoff or places.waste = 'handoff') then 'handoff'
            when places.activity = 'NNVA' then 'extra-process'
            when places.mode = 'wait' then 'waiting'
            when places.activity = 'NVA' then coalesce(places.waste, 'extra-process')
            else 'value-adding'
        end as bucket
    from sorted
    join owners
        on sorted.item_no = owners.item_no
    join staging.places
        on sorted.place_no = places.place_no

)

select
    judged.order_no as item_no,
    judged.stream,
    judged.item_id,
    judged.visit_no,
    judged.stage,
    judged.bucket,
    case when not judged.is_lost_whole then judged.reason end as reason,
    case
        when judged.bucket = 'value-adding' then 'VA'
        when
            judged.activity = 'NNVA'
            and (judged.reason is null or judged.is_lost_whole)
            and judged.bucket not in ('partially-done', 'rework')
            then 'NNVA'
        else 'NVA'
    end as activity,
    judged.team,
    judged.type,
    judged.ended_on,
    judged.is_withdrawn,
    judged.seconds,
    judged.working_seconds,
    judged.cost_per_day
from judged
