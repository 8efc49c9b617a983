/*
title = "Made-up items"
grain = "one row per item: `item` = 1, 2, … in the order of creation over three years; `last_slot` where its way ends"
*/
create or replace macro synthetic.all_items(items, seed) as table (

    with drawn as (

        select
            numbers.item,
            -- Teams are of different size: the smaller one of two draws.
            cast(
                floor(20 * least(
                    synthetic.drawn(seed, numbers.item, 1), sqrt(synthetic.drawn(seed, numbers.item, 2))
                )) + 1 as integer
            ) as team_no,
            synthetic.drawn(seed, numbers.item, 3) as kind,
            synthetic.drawn(seed, numbers.item, 4) as urgency,
            synthetic.drawn(seed, numbers.item, 5) as fate,
            (numbers.item - 1 + synthetic.drawn(seed, numbers.item, 6)) / items as part_of_years
        from range(1, items + 1) as numbers (item)

    )

    select
        drawn.item,
        'SYN-' || drawn.item as item_id,
        'Team ' || lpad(cast(drawn.team_no as varchar), 2, '0') as team,
        case
            when drawn.kind < 0.55 then 'feature' when drawn.kind < 0.83 then 'defect' when drawn.kind < 0.95 then 'debt'
            else 'risk'
        end as type,
        case when drawn.urgency < 0.05 then 'P1' when drawn.urgency < 0.3 then 'P2' else 'P3' end as priority,
        timestamp '2023-11-01' + to_seconds(cast(floor(drawn.part_of_years * 1096 * 86400) as bigint)) as created_at,
        -- 5 % are cancelled, 7 % left lying, each somewhere on its way.
        drawn.fate < 0.05 as is_cancelled,
        case when drawn.fate < 0.12 then floor(17 * synthetic.drawn(seed, drawn.item, 7)) else 18 end as last_slot,
        exp(0.3 * synthetic.normal(seed, drawn.team_no, -1))
        * case when drawn.kind < 0.55 then 1.0 when drawn.kind < 0.83 then 0.6 else 1.1 end
        * case when drawn.urgency < 0.05 then 0.5 when drawn.urgency < 0.3 then 0.8 else 1.1 end
        -- A fifth faster after three years.
        * (1.1 - 0.2 * drawn.part_of_years) as slowness
    from drawn

)
