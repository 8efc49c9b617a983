/*
title = "Transitions, anonymised"
grain = "one row per move of an item into a state, seq counted anew"
*/
with told as (

    select
        exported.stand_in('stream', transitions.stream) as stream,
        exported.stand_in('key', transitions.item_id) as item_id,
        row_number() over (
            partition by transitions.stream, transitions.item_id order by transitions.occurred_at, transitions.seq
        ) as seq,
        transitions.occurred_at + to_days(7 * options.weeks) as occurred_at,
        transitions.from_state,
        transitions.to_state,
        exported.stand_in('team', transitions.team) as team,
        exported.stand_in('person', transitions.person) as person
    from chosen.transitions
    cross join chosen.options

)

-- In an order that says nothing of the original keys.
select * from told
order by
    told.occurred_at,
    told.item_id,
    told.seq
