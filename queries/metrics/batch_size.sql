/*
title = "Batch size"
unit = "items"
better = "lower"
definition = "Work items, or changes where no items are linked, that one deployment carries."
formula = "percentile or mean of items per successful deployment in the period"
source = "Reinertsen, The Principles of Product Development Flow, 2009"
grain = "one row per period; value is null where no deployment with linked items or changes was made; items counts the deployments"
*/
select
    periods.period_start,
    case
        when $percentile is null then avg(coalesce(deployments.items_count, deployments.changes_count))
        else quantile_cont(
            cast(coalesce(deployments.items_count, deployments.changes_count) as double), coalesce($percentile, 0.5)
        )
    end as value,
    count(coalesce(deployments.items_count, deployments.changes_count)) as items
from macros.periods($stream, $since, $until, $period) as periods
left join marts.deployments
    on deployments.stream = $stream
    and deployments.deployed_on >= periods.period_start
    and deployments.deployed_on < periods.period_end
    and ($services is null or list_contains($services, deployments.service))
    and deployments.is_success
group by periods.period_start
order by periods.period_start
