/*
title = "Items in each stage at the end of each day"
question = "charts.cumulative_flow"
grain = "one row per day and stage, running sums of entries less exits from the first day of all; SQLite's dialect"
*/
with changes as (

    select
        visits.entered_on as day,
        visits.stage,
        1 as change
    from visits
    where :team is null or visits.team = :team
    union all
    select
        visits.left_on as day,
        visits.stage,
        -1 as change
    from visits
    where visits.left_on is not null and (:team is null or visits.team = :team)

),

net as (

    select
        changes.day,
        changes.stage,
        sum(changes.change) as change
    from changes
    group by
        changes.day,
        changes.stage

)

select
    net.day,
    net.stage,
    sum(net.change) over (partition by net.stage order by net.day) as value
from net
order by
    net.stage,
    net.day
