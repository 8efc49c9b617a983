/*
title = "Releases of a repository"
grain = "one row per record: a tag"
*/
select
    records.record,
    options.stream,
    macros.present(records.deployment_id) as deployment_id,
    macros.present(records.deployment_id) as subject,
    macros.instant(records.deployed_at, options.time_zone) as deployed_at,
    case when macros.truth(records.is_pre_release) then 'pre-release' end as environment,
    case
        when macros.present(records.deployment_id) is null or macros.instant(records.deployed_at, options.time_zone) is null
            then 'set aside'
        else 'kept'
    end as fate,
    case
        when macros.present(records.deployment_id) is null then 'the cell is empty'
        when macros.present(records.deployed_at) is null then 'no time: the cell is empty'
        when macros.instant(records.deployed_at, options.time_zone) is null
            then 'not a date that can be read; expected ' || options.expected_time
    end as reason,
    case
        when macros.present(records.deployment_id) is null then 'deployment_id'
        when macros.instant(records.deployed_at, options.time_zone) is null then 'deployed_at'
    end as column_name,
    macros.present(records.deployed_at) as value
from raw.records
cross join raw.options
