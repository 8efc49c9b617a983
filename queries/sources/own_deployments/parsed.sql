/*
title = "Records of our own layout: deployments"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.deployment_id) as deployment_id,
        macros.present(records.service) as service,
        macros.present(records.environment) as environment,
        macros.present(records.deployed_at) as written_deployed_at,
        macros.instant(records.deployed_at, options.time_zone) as deployed_at,
        macros.present(records.status) as status,
        macros.truth(records.is_unplanned) as is_unplanned,
        options.expected_time
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        typed.deployment_id as subject,
        case
            when typed.deployment_id is null then 'deployment_id'
            when typed.written_deployed_at is null then 'deployed_at'
            when typed.written_deployed_at is not null and typed.deployed_at is null then 'deployed_at'
        end as column_name,
        case
            when typed.deployment_id is null then 'the cell is empty'
            when typed.written_deployed_at is null then 'the cell is empty'
            when
                typed.written_deployed_at is not null and typed.deployed_at is null
                then 'not a date that can be read; expected ' || typed.expected_time
        end as reason,
        case
            when typed.written_deployed_at is not null and typed.deployed_at is null then typed.written_deployed_at
        end as value
    from typed

)

select
    judged.*,
    case when judged.reason is not null then 'set aside' else 'kept' end as fate
from judged
