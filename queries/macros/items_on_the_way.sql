/*
title = "Items on their way, in the order that the viewer chose"
grain = "one row per item that was on its way in the days [first_day, end_day) and was seen in a stage before its end; or the chosen one, whenever it was"
*/
create or replace macro macros.items_on_the_way(
    chosen_stream, first_day, end_day, chosen_teams, chosen_types, clock, chosen_outcome, sort, chosen_item
) as table
    with known as (

        select
            items.item_no,
            items.item_id,
            items.title,
            items.type,
            items.team,
            items.stage,
            items.created_at,
            coalesce(items.finished_at, items.cancelled_at) as ended_at,
            items.ended_on,
            case
                when items.finished_at is not null then 'finished'
                when items.cancelled_at is not null then 'cancelled'
                else 'open'
            end as outcome,
            case when clock = 'working' then items.lead_working_seconds else items.lead_seconds end / 86400 as lead_days,
            -- All visits of an open item are in the flow: the last of them is its present stage.
            case when clock = 'working' then visits.working_seconds else visits.seconds end / 86400 as stage_days
        from marts.items
        left join marts.visits
            on items.ended_on is null
            and items.item_no = visits.item_no
            and items.visits_count = visits.visit_no
        where
            items.stream = chosen_stream
            and items.visits_count > 0
            and (chosen_item is null or items.item_id = chosen_item)
            and (chosen_item is not null or items.created_on < end_day)
            and (chosen_item is not null or coalesce(items.ended_on >= first_day, true))
            and (chosen_teams is null or list_contains(chosen_teams, items.team))
            and (chosen_types is null or list_contains(chosen_types, items.type))

    )

    select
        known.*,
        row_number() over (
            order by
                case when sort = 'lead_days' then known.lead_days end desc nulls last,
                case when sort = 'stage_days' then known.stage_days end desc nulls last,
                case when sort = 'created_on' then known.created_at end asc,
                -- PAY-9 before PAY-10.
                case when sort = 'item_id' then regexp_replace(known.item_id, '\d+$', '') end asc,
                case when sort = 'item_id' then try_cast(regexp_extract(known.item_id, '\d+$') as bigint) end asc,
                case when sort = 'item_id' then known.item_id end asc,
                known.ended_on desc nulls first,
                known.created_at desc,
                known.item_id asc
        ) as order_number
    from known
    where chosen_outcome is null or known.outcome = chosen_outcome;
