/*
title = "From finished to in production"
question = "How long do finished items wait until they are in production?"
grain = "one row: the items that came into production in the scope"
[columns]
items = "items that came into production and were finished"
mean_wait_days = "mean time from the finish to the last deployment that carried them; 0 where they finished after it"
median_wait_days = "half of them waited so long or less"
wait_days = "sum of these waits: batch waste beyond the last stage"
not_deployed_items = "items that finished in the scope and are linked to no successful deployment, or to a change that waits for one; null where no source links items to deployments"
*/
with deployed as (

    select
        item_deployments.item_id,
        case
            when $clock = 'working' then item_deployments.wait_working_seconds
            else item_deployments.wait_seconds
        end / 86400 as days
    from marts.item_deployments
    where
        item_deployments.stream = $stream
        and item_deployments.wait_seconds is not null
        and item_deployments.deployed_on >= $since
        and item_deployments.deployed_on < $until
        and ($teams is null or list_contains($teams, item_deployments.team))
        and ($types is null or list_contains($types, item_deployments.type))

),

left_over as (

    select count(*) as items
    from marts.items
    anti join marts.item_deployments
        on items.stream = item_deployments.stream
        and items.item_id = item_deployments.item_id
    where
        items.stream = $stream
        and items.finished_on >= $since
        and items.finished_on < $until
        and ($teams is null or list_contains($teams, items.team))
        and ($types is null or list_contains($types, items.type))

)

select
    count(deployed.item_id) as items,
    avg(deployed.days) as mean_wait_days,
    quantile_cont(deployed.days, 0.5) as median_wait_days,
    coalesce(sum(deployed.days), 0) as wait_days,
    case
        when $stream in (select item_deployments.stream from marts.item_deployments)
            then (select left_over.items from left_over)
    end as not_deployed_items
from deployed
