/*
title = "Stays in a stage"
question = "How long did items stay in this stage, and when?"
grain = "one row per stay in the chosen stage that ended in the period, before the item's end; the longest first"
[columns]
item_id = "key of the work item"
title = "what it is called"
left_on = "day it left the stage"
days = "how long it stayed"
is_rework = "the stage, or a later one, had been passed before"
next_stage = "stage entered next; null where none was"
half_days = "half of the stays were no longer"
most_days = "85 % were no longer (observed)"
nearly_all_days = "95 % were no longer (observed)"
stays = "stays, shown or not"
*/
with stayed as (

    select
        visits.item_id,
        items.title,
        visits.left_on,
        case when $clock = 'working' then visits.working_seconds else visits.seconds end / 86400 as days,
        visits.is_rework,
        visits.next_stage,
        visits.stage,
        visits.is_in_flow
    from marts.visits
    join marts.items
        on visits.item_no = items.item_no
    where
        visits.stream = $stream
        and ($teams is null or list_contains($teams, visits.team))
        and ($types is null or list_contains($types, visits.type))

),

chosen as (

    select stayed.*
    from stayed
    where
        stayed.stage = $chosen['stage']
        and stayed.is_in_flow
        and stayed.left_on >= $since
        and stayed.left_on < $until

),

whole as (

    select
        quantile_cont(chosen.days, 0.5) as half_days,
        list_extract(quantile_disc(chosen.days, [0.85, 0.95]), 1) as most_days,
        list_extract(quantile_disc(chosen.days, [0.85, 0.95]), 2) as nearly_all_days,
        count(*) as stays
    from chosen

)

select
    chosen.item_id,
    chosen.title,
    chosen.left_on,
    chosen.days,
    chosen.is_rework,
    chosen.next_stage,
    whole.half_days,
    whole.most_days,
    whole.nearly_all_days,
    whole.stays
from chosen
cross join whole
order by
    chosen.days desc,
    chosen.item_id
limit $row_limit
