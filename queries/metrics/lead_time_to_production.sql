/*
title = "Lead time to production"
unit = "days"
better = "lower"
definition = "How long an item takes from its creation until all that was changed for it is in production."
formula = "percentile or mean of (last successful production deployment that carried it − creation) over items deployed so in the period; none with a change that is not deployed yet"
source = "Poppendieck & Poppendieck, Implementing Lean Software Development, 2006 (concept to cash)"
grain = "one row per period; value is null where no item came into production"
*/
with deployed as (

    select
        item_deployments.item_id,
        item_deployments.deployed_on,
        case
            when $clock = 'working' then item_deployments.lead_working_seconds
            else item_deployments.lead_seconds
        end / 86400 as days
    from marts.item_deployments
    where
        item_deployments.stream = $stream
        and item_deployments.lead_seconds is not null
        and item_deployments.deployed_on >= $since
        and item_deployments.deployed_on < $until
        and ($teams is null or list_contains($teams, item_deployments.team))
        and ($types is null or list_contains($types, item_deployments.type))

)

select
    periods.period_start,
    case
        when $percentile is null then avg(deployed.days)
        else quantile_cont(deployed.days, coalesce($percentile, 0.5))
    end as value,
    count(deployed.item_id) as items
from macros.period_days($stream, $since, $until, $period) as periods
left join deployed
    on deployed.deployed_on = periods.day
group by periods.period_start
order by periods.period_start
