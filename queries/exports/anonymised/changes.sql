/*
title = "Changes, anonymised"
grain = "one row per commit or pull request"
*/
with told as (

    select
        exported.stand_in('stream', changes.stream) as stream,
        exported.stand_in('key', changes.change_id) as change_id,
        exported.stand_in('service', changes.service) as service,
        changes.authored_at + to_days(7 * options.weeks) as authored_at,
        changes.merged_at + to_days(7 * options.weeks) as merged_at,
        exported.stand_in('key', changes.deployment_id) as deployment_id,
        exported.stand_in('key', changes.item_id) as item_id,
        changes.is_revert,
        changes.is_bot
    from chosen.changes
    cross join chosen.options

)

-- In an order that says nothing of the original keys.
select * from told
order by
    told.authored_at,
    told.change_id
