/*
title = "Steps of the map"
question = "Where does an item spend its time on the way?"
grain = "one row per stage before done, over the items finished in the period"
[columns]
stage = "name of the stage"
position = "its order in the reference path"
category = "its category"
mode = "active or wait"
activity = "VA, NNVA or NVA"
team = "team that owns it"
wip_limit = "agreed limit"
mean_days = "mean time per finished item, 0 for those that skipped it: these add up to the mean lead time"
process_days = "mean unblocked active time per finished item"
median_days = "median time over the finished items that were in it; medians do not add up"
median_process_days = "median unblocked active time over the same items"
visited_items = "finished items that were in it"
rework_ratio = "share of its time that is rework"
handoff_ratio = "share of its visits that begin with a change of team"
produced_ratio = "%C&A produced: 1 - items that came back to it or before, of those that left it forwards"
received_ratio = "%C&A received: the same of the steps that feed it"
work_in_progress = "items in it at the end of the period"
arrivals_per_day = "visits that began in it per day of the period"
departures_per_day = "visits that ended in it per day of the period"
batch_size = "median items (see batch_unit) per successful deployment of the period, as in metrics.batch_size: told of the stages whose waiting is booked to batch (marts.waste), and of the last active stage before each, whose work is held back for the deployment; null elsewhere"
batch_unit = "items; changes where the source links no items to deployments"
deployments_count = "deployments that batch_size rests on"
*/
with finished as (

    select
        items.item_no,
        items.item_id
    from marts.items
    where
        items.stream = $stream
        and items.finished_on >= $since
        and items.finished_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

),

total as (

    select count(*) as items
    from finished

),

spent as (

    select
        visits.stage,
        sum(case when $clock = 'working' then visits.working_seconds else visits.seconds end) / 86400 as days,
        sum(
            case
                when visits.mode <> 'active' then 0
                when $clock = 'working' then visits.working_seconds - visits.blocked_working_seconds
                else visits.seconds - visits.blocked_seconds
            end
        ) / 86400 as process_days,
        sum(
            case
                when not visits.is_rework then 0
                when $clock = 'working' then visits.working_seconds
                else visits.seconds
            end
        ) / 86400 as rework_days,
        avg(case when visits.is_handoff then 1 else 0 end) as handoff_ratio
    from marts.visits
    where
        visits.stream = $stream
        and visits.is_in_flow
        and visits.finished_on >= $since
        and visits.finished_on < $until
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))
    group by visits.stage

),

spent_by_item as (

    select
        visits.stage,
        visits.item_no,
        sum(case when $clock = 'working' then visits.working_seconds else visits.seconds end) / 86400 as days,
        sum(
            case
                when visits.mode <> 'active' then 0
                when $clock = 'working' then visits.working_seconds - visits.blocked_working_seconds
                else visits.seconds - visits.blocked_seconds
            end
        ) / 86400 as process_days
    from marts.visits
    where
        visits.stream = $stream
        and visits.is_in_flow
        and visits.finished_on >= $since
        and visits.finished_on < $until
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))
    group by
        visits.stage,
        visits.item_no

),

typical as (

    select
        spent_by_item.stage,
        count(*) as items,
        quantile_cont(cast(spent_by_item.days as double), 0.5) as median_days,
        quantile_cont(cast(spent_by_item.process_days as double), 0.5) as median_process_days
    from spent_by_item
    group by spent_by_item.stage

),

batched as (

    select stages.position
    from marts.waste
    join finished
        on waste.item_no = finished.item_no
    join marts.stages
        on stages.stream = $stream
        and waste.stage = stages.stage
    where waste.stream = $stream and waste.bucket = 'batch'
    group by stages.position
    having sum(case when $clock = 'working' then waste.working_seconds else waste.seconds end) > 0

),

held_back as (

    select max(stages.position) as position
    from batched
    join marts.stages
        on stages.stream = $stream
        and batched.position > stages.position
    where stages.mode = 'active' and stages.category = 'in-progress'
    group by batched.position
    union
    select batched.position
    from batched

),

released as (

    select
        quantile_cont(
            cast(
                coalesce(nullif(deployments.items_count, 0), deployments.changes_count, deployments.items_count) as double
            ),
            0.5
        ) as batch_size,
        count(coalesce(deployments.items_count, deployments.changes_count)) as deployments_count,
        case when count(deployments.items_count) > 0 then 'items' else 'changes' end as batch_unit
    from marts.deployments
    where
        deployments.stream = $stream
        and deployments.deployed_on >= $since
        and deployments.deployed_on < $until
        and deployments.is_success

),

crossed as (

    select
        crossings.stage,
        crossings.next_step,
        crossings.is_returned
    from marts.crossings
    where
        crossings.stream = $stream
        and crossings.finished_on >= $since
        and crossings.finished_on < $until
        and ($teams is null or list_contains($teams, crossings.team))
        and ($types is null or list_contains($types, crossings.type))

),

produced as (

    select
        crossed.stage,
        1 - count(*) filter (where crossed.is_returned) / count(*) as ratio
    from crossed
    group by crossed.stage

),

received as (

    select
        crossed.next_step as stage,
        1 - count(*) filter (where crossed.is_returned) / count(*) as ratio
    from crossed
    where crossed.next_step is not null
    group by crossed.next_step

),

present as (

    select
        visits.stage,
        count(*) filter (
            where visits.entered_on < $until and coalesce(visits.left_on >= $until, true) and visits.is_in_flow
        ) as work_in_progress,
        count(*) filter (where visits.entered_on >= $since and visits.entered_on < $until)
        / date_diff('day', cast($since as date), cast($until as date)) as arrivals_per_day,
        count(*) filter (where visits.left_on >= $since and visits.left_on < $until)
        / date_diff('day', cast($since as date), cast($until as date)) as departures_per_day
    from marts.visits
    where
        visits.stream = $stream
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))
    group by visits.stage

)

select
    stages.stage,
    stages.position,
    stages.category,
    stages.mode,
    stages.activity,
    stages.team,
    stages.wip_limit,
    coalesce(spent.days, 0) / nullif(total.items, 0) as mean_days,
    coalesce(spent.process_days, 0) / nullif(total.items, 0) as process_days,
    typical.median_days,
    typical.median_process_days,
    coalesce(typical.items, 0) as visited_items,
    spent.rework_days / nullif(spent.days, 0) as rework_ratio,
    spent.handoff_ratio,
    produced.ratio as produced_ratio,
    received.ratio as received_ratio,
    coalesce(present.work_in_progress, 0) as work_in_progress,
    coalesce(present.arrivals_per_day, 0) as arrivals_per_day,
    coalesce(present.departures_per_day, 0) as departures_per_day,
    case when held_back.position is not null then released.batch_size end as batch_size,
    case when held_back.position is not null and released.batch_size is not null then released.batch_unit end
        as batch_unit,
    case when held_back.position is not null then released.deployments_count end as deployments_count
from marts.stages
cross join total
cross join released
left join spent
    on stages.stage = spent.stage
left join typical
    on stages.stage = typical.stage
left join produced
    on stages.stage = produced.stage
left join received
    on stages.stage = received.stage
left join held_back
    on stages.position = held_back.position
left join present
    on stages.stage = present.stage
where stages.stream = $stream and stages.category in ('backlog', 'in-progress')
order by stages.position
