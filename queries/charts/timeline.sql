/*
title = "Items on their way"
question = "How did single items travel, and where did they stand still?"
grain = "one row per visit of the items that were on their way in the period, those still open first, then the latest ended"
[columns]
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
row_number = "1 = the item shown on top"
lead_days = "creation to the end, or to the stream's last event"
outcome = "finished, cancelled or open"
visit_no = "visit of the item"
stage = "stage visited"
position = "its order in the reference path"
mode = "active or wait"
is_rework = "the stage was visited before, or one of a higher position was"
entered_at = "instant of the entry in the stream's zone"
until_at = "instant of the next entry, or of the stream's last event, in the stream's zone"
*/
with chosen as (

    select
        items.item_id,
        items.title,
        items.type,
        case when $clock = 'working' then items.lead_working_seconds else items.lead_seconds end / 86400 as lead_days,
        case
            when items.finished_at is not null then 'finished'
            when items.cancelled_at is not null then 'cancelled'
            else 'open'
        end as outcome,
        row_number() over (order by items.ended_on desc nulls first, items.created_at desc, items.item_id) as row_number
    from marts.items
    where
        items.stream = $stream
        -- One item is shown whenever it was.
        and ($item is null or items.item_id = $item)
        and ($item is not null or items.created_on < $until)
        and ($item is not null or coalesce(items.ended_on, cast($since as date)) >= $since)
        and ($outcome is null or $outcome = case
            when items.finished_at is not null then 'finished'
            when items.cancelled_at is not null then 'cancelled'
            else 'open'
        end)
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))
    qualify row_number <= $row_limit

)

select
    chosen.item_id,
    chosen.title,
    chosen.type,
    chosen.row_number,
    chosen.lead_days,
    chosen.outcome,
    visits.visit_no,
    visits.stage,
    visits.position,
    visits.mode,
    visits.is_rework,
    timezone(streams.time_zone, timezone('UTC', visits.entered_at)) as entered_at,
    timezone(streams.time_zone, timezone('UTC', visits.until_at)) as until_at
from chosen
join marts.visits
    on visits.stream = $stream
    and chosen.item_id = visits.item_id
join marts.streams
    on streams.stream = $stream
where visits.is_in_flow
order by
    chosen.row_number,
    visits.visit_no
