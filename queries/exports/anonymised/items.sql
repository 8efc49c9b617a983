/*
title = "Items, anonymised"
grain = "one row per work item"
*/
with told as (

    select
        exported.stand_in('stream', items.stream) as stream,
        exported.stand_in('key', items.item_id) as item_id,
        case when items.title is not null then exported.stand_in('key', items.item_id) end as title,
        items.type,
        exported.stand_in('team', items.team) as team,
        exported.stand_in('priority', items.priority) as priority,
        cast(null as varchar) as labels,
        exported.stand_in('key', items.parent_id) as parent_id,
        items.points,
        items.created_at + to_days(7 * options.weeks) as created_at,
        items.started_at + to_days(7 * options.weeks) as started_at,
        items.finished_at + to_days(7 * options.weeks) as finished_at,
        items.cancelled_at + to_days(7 * options.weeks) as cancelled_at,
        items.status,
        items.status_category,
        items.first_seen_at + to_days(7 * options.weeks) as first_seen_at,
        items.last_seen_at + to_days(7 * options.weeks) as last_seen_at
    from chosen.items
    cross join chosen.options

)

-- In an order that says nothing of the original keys.
select * from told
order by
    told.created_at,
    told.item_id
