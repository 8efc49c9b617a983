/*
title = "Paths"
grain = "one row per visit, seen in the item's whole path"
[columns]
stream = "value stream"
item_id = "key of the work item"
visit_no = "visit of the item"
stage_visit_no = "1 = first visit of the item to this stage"
previous_stage = "stage before; null on the first visit"
is_rework = "the stage was visited before, or one of a higher position was"
is_handoff = "the owning team differs from the last one known"
is_in_flow = "the visit belongs to the time before the item ended"
*/
with owned as (

    select
        visits.stream,
        visits.item_id,
        visits.visit_no,
        visits.stage,
        visits.position,
        -- A queue that nobody owns waits for the team that comes next.
        coalesce(
            visits.owner,
            case when visits.mode = 'wait' then lead(visits.owner) over item_history end
        ) as owner
    from staging.visits
    window item_history as (partition by visits.stream, visits.item_id order by visits.visit_no)

),

looked_back as (

    select
        owned.stream,
        owned.item_id,
        owned.visit_no,
        owned.position,
        owned.owner,
        row_number() over (
            partition by owned.stream, owned.item_id, owned.stage order by owned.visit_no
        ) as stage_visit_no,
        lag(owned.stage) over item_history as previous_stage,
        lag(owned.owner ignore nulls) over item_history as previous_owner,
        max(owned.position) over (
            partition by owned.stream, owned.item_id
            order by owned.visit_no
            rows between unbounded preceding and 1 preceding
        ) as furthest_position
    from owned
    window item_history as (partition by owned.stream, owned.item_id order by owned.visit_no)

)

select
    looked_back.stream,
    looked_back.item_id,
    looked_back.visit_no,
    cast(looked_back.stage_visit_no as integer) as stage_visit_no,
    looked_back.previous_stage,
    looked_back.stage_visit_no > 1
    or coalesce(looked_back.position < looked_back.furthest_position, false) as is_rework,
    coalesce(looked_back.owner <> looked_back.previous_owner, false) as is_handoff,
    looked_back.visit_no < coalesce(outcomes.end_visit_no, looked_back.visit_no + 1) as is_in_flow
from looked_back
left join staging.outcomes
    on looked_back.stream = outcomes.stream
    and looked_back.item_id = outcomes.item_id
