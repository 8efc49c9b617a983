/*
title = "Made-up ways of items through the states"
grain = "one row per item and state entered before November 2026; every seventh goes back to development up to three times"
*/
create or replace macro synthetic.walks(items, seed) as table (

    with slots as (

        -- question: what is drawn once for all slots of one detour; share: of the items; days: median; spread: of its logarithm.
        from (
            values
            (0, 'Backlog', 20, 1.0, 6.0, 1.1),
            (1, 'Analysis', 21, 0.92, 1.2, 0.8),
            (2, 'Ready', 22, 0.95, 2.5, 1.0),
            (3, 'Development', 23, 1.0, 2.2, 0.8),
            (4, 'On Hold', 24, 0.25, 1.5, 1.0),
            (5, 'Development', 24, 0.25, 1.0, 0.8),
            (6, 'Review', 26, 0.96, 0.8, 1.0),
            (7, 'Test', 27, 0.93, 1.0, 0.8),
            (8, 'Development', 28, 0.15, 0.7, 0.8),
            (9, 'Review', 28, 0.15, 0.4, 0.9),
            (10, 'Test', 28, 0.15, 0.6, 0.8),
            (11, 'Development', 28, 0.05, 0.7, 0.8),
            (12, 'Review', 28, 0.05, 0.4, 0.9),
            (13, 'Test', 28, 0.05, 0.6, 0.8),
            (14, 'Development', 28, 0.015, 0.7, 0.8),
            (15, 'Review', 28, 0.015, 0.4, 0.9),
            (16, 'Test', 28, 0.015, 0.6, 0.8),
            (17, 'Ready to Release', 37, 0.97, 1.5, 0.9),
            (18, 'Done', 38, 1.0, 0.0, 0.0),
            (19, 'Cancelled', 39, 1.0, 0.0, 0.0)
        ) as given (slot, state, question, share, days, spread)

    ),

    stays as (

        select
            all_items.item,
            all_items.item_id,
            all_items.team,
            all_items.created_at,
            slots.slot,
            slots.state,
            slots.days * all_items.slowness * exp(slots.spread * synthetic.normal(seed, all_items.item, 40 + slots.slot))
                as days
        from synthetic.all_items(items, seed) as all_items
        cross join slots
        where
            case
                when slots.slot = 19 then all_items.is_cancelled
                else
                    slots.slot <= all_items.last_slot
                    and synthetic.drawn(seed, all_items.item, slots.question) < slots.share
            end

    ),

    entries as (

        select
            stays.item,
            stays.item_id,
            stays.team,
            stays.slot,
            stays.state,
            stays.days,
            stays.created_at + to_seconds(cast(floor((sum(stays.days) over way - stays.days) * 86400) as bigint)) as occurred_at,
            lag(stays.state) over way as from_state
        from stays
        window way as (partition by stays.item order by stays.slot)

    )

    select *
    from entries
    where entries.occurred_at < timestamp '2026-11-01'

)
