/*
title = "Batches that leave a stage"
question = "Do items leave a stage one at a time, or many on one day?"
grain = "one row per stage before done that something left in the period"
[columns]
stage = "stage that was left"
position = "its order in the reference path"
stays = "stays that ended in the period, before the item's end"
days_count = "days on which something left it"
half_together = "half of the stays ended on a day on which at most this many did"
most_together = "the most that ended on one day"
*/
with gone as (

    select
        visits.stage,
        visits.left_on,
        count(*) as together
    from marts.visits
    where
        visits.stream = $stream
        and visits.is_in_flow
        and visits.left_on >= $since
        and visits.left_on < $until
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))
    group by
        visits.stage,
        visits.left_on

),

ranked as (

    -- Each stay counts once: of a day's stays the last stands at its running sum.
    select
        gone.stage,
        gone.together,
        sum(gone.together) over (
            partition by gone.stage order by gone.together, gone.left_on
        ) as stays_up_to,
        sum(gone.together) over (partition by gone.stage) as stays
    from gone

)

select
    stages.stage,
    stages.position,
    cast(max(ranked.stays) as bigint) as stays,
    count(*) as days_count,
    min(ranked.together) filter (where ranked.stays_up_to * 2 >= ranked.stays) as half_together,
    max(ranked.together) as most_together
from ranked
join marts.stages
    on stages.stream = $stream
    and ranked.stage = stages.stage
where stages.category in ('backlog', 'in-progress')
group by
    stages.stage,
    stages.position
order by stages.position
