/*
title = "Pace by stage"
question = "How old were finished items when they left each stage?"
grain = "one row per stage in progress that items finished in the scope have passed"
[columns]
stage = "name of the stage"
position = "its order in the reference path"
half_days = "half of the items were no older when they left it for the last time"
most_days = "85 % were no older (observed)"
nearly_all_days = "95 % were no older (observed)"
items = "items that passed it"
*/
with aged as (

    select
        visits.item_no,
        visits.stage,
        case
            when $clock = 'working'
                then sum(visits.working_seconds) over (
                    partition by visits.item_no
                    order by visits.visit_no
                )
            else
                epoch(visits.until_at)
                - epoch(case when $start_rule = 'last' then items.started_last_at else items.started_first_at end)
        end / 86400 as age_days
    from marts.visits
    join marts.items
        on visits.item_no = items.item_no
    where
        visits.stream = $stream
        and visits.is_in_flow
        and visits.entered_at
        >= case when $start_rule = 'last' then items.started_last_at else items.started_first_at end
        and not items.is_start_unknown
        and items.finished_on >= $since
        and items.finished_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

),

left_behind as (

    select
        aged.item_no,
        aged.stage,
        max(aged.age_days) as age_days
    from aged
    group by
        aged.item_no,
        aged.stage

)

select
    stages.stage,
    stages.position,
    quantile_cont(left_behind.age_days, 0.5) as half_days,
    list_extract(quantile_disc(left_behind.age_days, [0.85, 0.95]), 1) as most_days,
    list_extract(quantile_disc(left_behind.age_days, [0.85, 0.95]), 2) as nearly_all_days,
    count(*) as items
from left_behind
join marts.stages
    on stages.stream = $stream
    and left_behind.stage = stages.stage
where stages.category = 'in-progress'
group by
    stages.stage,
    stages.position
order by stages.position
