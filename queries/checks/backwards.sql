/*
title = "Back through the categories"
severity = "note"
why = "The item went from work back to the backlog, or from an end back to work. Cycle time depends on which start is chosen, first or last; the item finishes at its last entry into done, and what comes after a first end is rework."
remedy = "If many items take the same way back, the two stages are probably mapped the wrong way round: correct streams.toml. If few do, ask what came back and why."
*/
with ranked as (

    select
        visits.item_no,
        visits.stream,
        visits.item_id,
        visits.visit_no,
        visits.stage,
        visits.entered_on,
        case visits.category when 'backlog' then 0 when 'in-progress' then 1 else 2 end as rank_no
    from marts.visits
    where visits.category is not null

),

moved as (

    select
        ranked.*,
        lag(ranked.stage) over item_history as previous_stage,
        lag(ranked.rank_no) over item_history as previous_rank_no
    from ranked
    window item_history as (partition by ranked.item_no order by ranked.visit_no)

)

select
    moved.stream,
    moved.item_id as subject,
    'from ' || arg_min(moved.previous_stage || ' to ' || moved.stage || ' on ' || moved.entered_on, moved.visit_no)
    || case when count(*) > 1 then ' and ' || (count(*) - 1) || ' more' else '' end as detail
from moved
where moved.rank_no < moved.previous_rank_no
group by
    moved.stream,
    moved.item_id
