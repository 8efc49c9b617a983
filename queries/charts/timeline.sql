/*
title = "Items on their way"
question = "How did single items travel, and where did they stand still?"
grain = "one row per visit of the items that were on their way in the period, group by group, in the order chosen"
[columns]
item_id = "key of the work item"
title = "what it is called"
type = "kind of work"
group_name = "group that it is shown in; (none) where no source tells it, empty where nothing is grouped"
group_row = "1 = the first item of its group"
group_items = "items of its group, shown or not"
items = "items of all groups, shown or not"
row_number = "1 = the first item of all"
lead_days = "creation to the end, or to the stream's last event"
stage_days = "how long it has been in its present stage; null for items that ended"
outcome = "finished, cancelled or open"
visit_no = "visit of the item"
stage = "stage visited"
position = "its order in the reference path"
mode = "active or wait"
is_rework = "the stage was visited before, or one of a higher position was"
entered_at = "instant of the entry in the stream's zone"
until_at = "instant of the next entry, or of the stream's last event, in the stream's zone"
*/
with grouped as (

    select
        items.*,
        case
            when $group_by = 'type' then coalesce(items.type, '(none)')
            when $group_by = 'team' then coalesce(items.team, '(none)')
            when $group_by = 'stage' then coalesce(items.stage, '(none)')
            when $group_by = 'outcome' then items.outcome
            else ''
        end as group_name,
        case
            when $group_by = 'stage' then stages.position
            when $group_by = 'outcome' and items.outcome = 'open' then 1
            when $group_by = 'outcome' and items.outcome = 'finished' then 2
            when $group_by = 'outcome' then 3
        end as group_position
    from macros.items_on_the_way($stream, $since, $until, $teams, $types, $clock, $outcome, $sort, $item) as items
    left join marts.stages
        on stages.stream = $stream
        and items.stage = stages.stage

),

numbered as (

    select
        grouped.*,
        row_number() over (partition by grouped.group_name order by grouped.order_number) as group_row,
        count(*) over (partition by grouped.group_name) as group_items,
        count(*) over () as items,
        row_number() over (
            order by
                grouped.group_position asc nulls last,
                grouped.group_name = '(none)',
                grouped.group_name,
                grouped.order_number
        ) as row_number
    from grouped

)

select
    numbered.item_id,
    numbered.title,
    numbered.type,
    numbered.group_name,
    numbered.group_row,
    numbered.group_items,
    numbered.items,
    numbered.row_number,
    numbered.lead_days,
    numbered.stage_days,
    numbered.outcome,
    visits.visit_no,
    visits.stage,
    visits.position,
    visits.mode,
    visits.is_rework,
    timezone(streams.time_zone, timezone('UTC', visits.entered_at)) as entered_at,
    timezone(streams.time_zone, timezone('UTC', visits.until_at)) as until_at
from numbered
join marts.visits
    on numbered.item_no = visits.item_no
join marts.streams
    on streams.stream = $stream
where visits.is_in_flow and numbered.row_number > $row_offset and numbered.row_number <= $row_offset + $row_limit
order by
    numbered.row_number,
    visits.visit_no
