/*
title = "Items in production"
grain = "one row per item that a successful deployment to production carried, of which no change is left undeployed, and that was not withdrawn"
[columns]
stream = "value stream"
item_id = "key of the work item"
team = "team of the item"
type = "type of the item"
deployed_at = "UTC instant of the last successful deployment to production that carried it"
deployed_on = "its day in the stream's zone"
deployments_count = "successful deployments to production that carried it"
finished_on = "day it finished; null if it did not"
lead_seconds = "creation to that deployment; null where it was deployed before it was created"
lead_working_seconds = "the same by the working calendar"
wait_seconds = "finish to that deployment; 0 where it finished after it, null where it did not finish"
wait_working_seconds = "the same by the working calendar"
*/
with timed as (

    select
        carried.stream,
        carried.item_id,
        items.team,
        items.type,
        carried.deployed_at,
        carried.deployments_count,
        items.finished_on,
        items.created_at,
        case when items.finished_at is not null then least(items.finished_at, carried.deployed_at) end
            as finished_by_then,
        streams.time_zone
    from staging.carried
    join marts.items
        on carried.stream = items.stream
        and carried.item_id = items.item_id
    join staging.streams
        on carried.stream = streams.stream
    where items.cancelled_on is null

)

select
    timed.stream,
    timed.item_id,
    timed.team,
    timed.type,
    timed.deployed_at,
    deployed_days.day as deployed_on,
    timed.deployments_count,
    timed.finished_on,
    case when timed.deployed_at >= timed.created_at then epoch(timed.deployed_at) - epoch(timed.created_at) end
        as lead_seconds,
    case
        when timed.deployed_at >= timed.created_at
            then
                macros.worked_by(
                    timed.deployed_at, deployed_days.opens_at, deployed_days.closes_at, deployed_days.seconds_before
                )
                - macros.worked_by(
                    timed.created_at, created_days.opens_at, created_days.closes_at, created_days.seconds_before
                )
    end as lead_working_seconds,
    epoch(timed.deployed_at) - epoch(timed.finished_by_then) as wait_seconds,
    macros.worked_by(
        timed.deployed_at, deployed_days.opens_at, deployed_days.closes_at, deployed_days.seconds_before
    )
    - macros.worked_by(
        timed.finished_by_then, finished_days.opens_at, finished_days.closes_at, finished_days.seconds_before
    ) as wait_working_seconds
from timed
join staging.calendar as deployed_days
    on timed.stream = deployed_days.stream
    and macros.local_day(timed.deployed_at, timed.time_zone) = deployed_days.day
join staging.calendar as created_days
    on timed.stream = created_days.stream
    and macros.local_day(timed.created_at, timed.time_zone) = created_days.day
left join staging.calendar as finished_days
    on timed.stream = finished_days.stream
    and macros.local_day(timed.finished_by_then, timed.time_zone) = finished_days.day
order by
    timed.stream,
    deployed_days.day,
    timed.item_id
