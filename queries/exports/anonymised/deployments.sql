/*
title = "Deployments, anonymised"
grain = "one row per deployment"
*/
with told as (

    select
        exported.stand_in('stream', deployments.stream) as stream,
        exported.stand_in('key', deployments.deployment_id) as deployment_id,
        exported.stand_in('service', deployments.service) as service,
        case
            -- Only what reaches production counts.
            when lower(deployments.environment) in ('production', 'prod', 'live') then 'production'
            else exported.stand_in('environment', deployments.environment)
        end as environment,
        deployments.deployed_at + to_days(7 * options.weeks) as deployed_at,
        case when deployments.status = 'success' then 'success' else 'failed' end as status,
        deployments.is_unplanned
    from chosen.deployments
    cross join chosen.options

)

-- In an order that says nothing of the original keys.
select * from told
order by
    told.deployed_at,
    told.deployment_id
