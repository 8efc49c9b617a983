/*
title = "Batch size"
unit = "items"
better = "lower"
definition = "Work items, or changes where no items are linked, that one deployment carries."
formula = "percentile or mean of items per successful deployment in the period"
source = "Reinertsen, The Principles of Product Development Flow, 2009"
grain = "one row per period; value is null where no deployment with linked items or changes was made; items counts the deployments"
sight = "whole stream"
*/
with carried as (

    select
        deployments.deployed_on,
        -- The changes of a deployment of which no item is told; 0 where neither is.
        coalesce(nullif(deployments.items_count, 0), deployments.changes_count, deployments.items_count) as things_count
    from marts.deployments
    where
        deployments.stream = $stream
        and ($services is null or list_contains($services, deployments.service))
        and deployments.is_success

)

select
    periods.period_start,
    case
        when $percentile is null then avg(carried.things_count)
        else quantile_cont(cast(carried.things_count as double), coalesce($percentile, 0.5))
    end as value,
    count(carried.things_count) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join carried
    on carried.deployed_on = periods.day
group by periods.period_start
order by periods.period_start
