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
        coalesce(lower(macros.present(records.status)), 'success') as status,
        macros.truth(records.is_unplanned) as is_unplanned,
        macros.present(records.changes) as changes,
        date_add(options.imported_at, interval 1 day) as latest_at,
        options.expected_time
    from raw.records
    cross join raw.options

),

compared as (

    select
        typed.*,
        macros.time_fault(typed.written_deployed_at, typed.deployed_at, typed.latest_at, typed.expected_time)
            as deployed_at_fault,
        row_number()
            over (
                partition by
                    typed.stream,
                    typed.deployment_id,
                    typed.service,
                    typed.environment,
                    typed.written_deployed_at,
                    typed.status,
                    typed.is_unplanned
                order by typed.record
            )
            as copy_no,
        count(*) over (partition by typed.stream, typed.deployment_id) as copies,
        count(*)
            over (
                partition by
                    typed.stream,
                    typed.deployment_id,
                    typed.service,
                    typed.environment,
                    typed.written_deployed_at,
                    typed.status,
                    typed.is_unplanned
            )
            as equal_copies
    from typed

),

judged as (

    select
        compared.*,
        case
            when compared.deployment_id is null then 'deployment_id'
            when compared.copies > compared.equal_copies then 'deployment_id'
            when compared.written_deployed_at is null then 'deployed_at'
            when compared.deployed_at_fault is not null then 'deployed_at'
            when compared.status not in (
                'success', 'succeeded', 'successful', 'ok', 'passed', 'failed', 'failure', 'error', 'timed_out', 'startup_failure'
            ) then 'status'
        end as column_name,
        case
            when compared.deployment_id is null then 'the cell is empty'
            when compared.copies > compared.equal_copies
                then 'the deployment_id ' || compared.deployment_id || ' stands in another record with other values'
            when compared.written_deployed_at is null then 'the cell is empty'
            when compared.deployed_at_fault is not null then compared.deployed_at_fault
            when compared.status not in (
                'success', 'succeeded', 'successful', 'ok', 'passed', 'failed', 'failure', 'error', 'timed_out', 'startup_failure'
            ) then 'neither a success nor a failure; expected success or failed'
        end as fault
    from compared

)

select
    judged.* exclude (copy_no, copies, equal_copies, latest_at, expected_time),
    judged.deployment_id as subject,
    judged.status in ('success', 'succeeded', 'successful', 'ok', 'passed') as is_success,
    case
        when judged.fault is not null then 'set aside'
        when judged.copy_no > 1 then 'ignored'
        else 'kept'
    end as fate,
    case
        when judged.fault is not null then judged.fault
        when judged.copy_no > 1 then 'the same as an earlier record'
    end as reason,
    case judged.column_name
        when 'deployed_at' then judged.written_deployed_at
        when 'status' then judged.status
    end as value
from judged
