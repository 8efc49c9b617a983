/*
title = "Blocked intervals, anonymised"
grain = "one row per time that an item was flagged as blocked"
*/
with told as (

    select
        exported.stand_in('stream', blocked.stream) as stream,
        exported.stand_in('key', blocked.item_id) as item_id,
        blocked.blocked_at + to_days(7 * options.weeks) as blocked_at,
        blocked.unblocked_at + to_days(7 * options.weeks) as unblocked_at,
        exported.stand_in('reason', blocked.reason) as reason
    from chosen.blocked
    cross join chosen.options

)

-- In an order that says nothing of the original keys.
select * from told
order by
    told.blocked_at,
    told.item_id
