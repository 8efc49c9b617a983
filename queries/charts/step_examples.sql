/*
title = "Stays to look at"
question = "Which items show what happens in this stage?"
grain = "one row per kind of example in the chosen stage, among the stays that ended in the period, before the item's end"
[columns]
kind = "typical (nearest to the median, the latest of those as near), slowest, or returned (the last that was rework)"
item_id = "key of the work item"
title = "what it is called"
left_on = "day it left the stage"
days = "how long it stayed"
half_days = "half of the stays were no longer"
stays = "stays that ended in the period"
*/
with stayed as (

    select
        visits.item_id,
        items.title,
        visits.visit_no,
        visits.left_on,
        visits.is_rework,
        case when $clock = 'working' then visits.working_seconds else visits.seconds end / 86400 as days
    from marts.visits
    join marts.items
        on visits.item_no = items.item_no
    where
        visits.stream = $stream
        and visits.stage = $chosen['stage']
        and visits.is_in_flow
        and visits.left_on >= $since
        and visits.left_on < $until
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))

),

whole as (

    select
        quantile_cont(stayed.days, 0.5) as half_days,
        count(*) as stays
    from stayed

),

ranked as (

    select
        stayed.*,
        whole.half_days,
        whole.stays,
        row_number() over (
            order by abs(stayed.days - whole.half_days), stayed.left_on desc, stayed.item_id, stayed.visit_no
        ) as typical_no,
        row_number() over (
            order by stayed.days desc, stayed.left_on desc, stayed.item_id, stayed.visit_no
        ) as slowest_no,
        row_number() over (
            order by stayed.is_rework desc, stayed.left_on desc, stayed.item_id, stayed.visit_no
        ) as returned_no
    from stayed
    cross join whole

),

examples as (

    select
        'typical' as kind,
        1 as place,
        ranked.*
    from ranked
    where ranked.typical_no = 1
    union all
    select
        'slowest' as kind,
        2 as place,
        ranked.*
    from ranked
    where ranked.slowest_no = 1
    union all
    select
        'returned' as kind,
        3 as place,
        ranked.*
    from ranked
    where ranked.returned_no = 1 and ranked.is_rework

)

select
    examples.kind,
    examples.item_id,
    examples.title,
    examples.left_on,
    examples.days,
    examples.half_days,
    examples.stays
from examples
order by examples.place
