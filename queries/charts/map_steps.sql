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

    select items.item_no
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
        item_stages.stage,
        case when $clock = 'working' then item_stages.working_seconds else item_stages.seconds end / 86400 as days,
        case when $clock = 'working' then item_stages.process_working_seconds else item_stages.process_seconds end / 86400
            as process_days,
        case when $clock = 'working' then item_stages.rework_working_seconds else item_stages.rework_seconds end / 86400
            as rework_days,
        item_stages.visits_count,
        item_stages.handoffs_count
    from marts.item_stages
    where
        item_stages.stream = $stream
        and item_stages.finished_on >= $since
        and item_stages.finished_on < $until
        and ($teams is null or list_contains($teams, item_stages.team))
        and ($types is null or list_contains($types, item_stages.type))

),

passed as (

    select
        spent.stage,
        count(*) as items,
        sum(spent.days) as days,
        sum(spent.process_days) as process_days,
        sum(spent.rework_days) as rework_days,
        sum(spent.handoffs_count) / sum(spent.visits_count) as handoff_ratio,
        quantile_cont(spent.days, 0.5) as median_days,
        quantile_cont(spent.process_days, 0.5) as median_process_days
    from spent
    group by spent.stage

),

batched as (

    select stages.position
    from marts.waste
    join finished
        on waste.item_no = finished.item_no
    join marts.stages
        on stages.stream = $stream
        and waste.stage = stages.stage
    where
        waste.stream = $stream
        and waste.bucket = 'batch'
        -- The items are chosen already: their days spare reading those of others.
        and waste.ended_on >= $since
        and waste.ended_on < $until
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

moved as (

    select
        flow_daily.day,
        unnest([flow_daily.to_stage, flow_daily.from_stage]) as stage,
        unnest([flow_daily.moves, 0]) as arrivals,
        unnest([0, flow_daily.moves]) as departures
    from marts.flow_daily
    where
        flow_daily.stream = $stream
        and flow_daily.day < $until
        and ($teams is null or list_contains($teams, flow_daily.team))
        and ($types is null or list_contains($types, flow_daily.type))

),

present as (

    select
        moved.stage,
        cast(sum(moved.arrivals - moved.departures) as bigint) as work_in_progress,
        sum(moved.arrivals) filter (where moved.day >= $since)
        / date_diff('day', cast($since as date), cast($until as date)) as arrivals_per_day,
        sum(moved.departures) filter (where moved.day >= $since)
        / date_diff('day', cast($since as date), cast($until as date)) as departures_per_day
    from moved
    group by moved.stage

)

select
    stages.stage,
    stages.position,
    stages.category,
    stages.mode,
    stages.activity,
    stages.team,
    stages.wip_limit,
    coalesce(passed.days, 0) / nullif(total.items, 0) as mean_days,
    coalesce(passed.process_days, 0) / nullif(total.items, 0) as process_days,
    passed.median_days,
    passed.median_process_days,
    coalesce(passed.items, 0) as visited_items,
    passed.rework_days / nullif(passed.days, 0) as rework_ratio,
    passed.handoff_ratio,
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
left join passed
    on stages.stage = passed.stage
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
