/*
title = "Records of our own layout: incidents"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.incident_id) as incident_id,
        macros.present(records.service) as service,
        macros.present(records.severity) as severity,
        macros.present(records.started_at) as written_started_at,
        macros.instant(records.started_at, options.time_zone) as started_at,
        macros.present(records.restored_at) as written_restored_at,
        macros.instant(records.restored_at, options.time_zone) as restored_at,
        macros.present(records.deployment_id) as deployment_id,
        date_add(options.imported_at, interval 1 day) as latest_at,
        options.expected_time
    from raw.records
    cross join raw.options

),

compared as (

    select
        typed.*,
        macros.time_fault(typed.written_started_at, typed.started_at, typed.latest_at, typed.expected_time) as started_at_fault,
        macros.time_fault(typed.written_restored_at, typed.restored_at, typed.latest_at, typed.expected_time)
            as restored_at_fault,
        row_number()
            over (
                partition by
                    typed.stream,
                    typed.incident_id,
                    typed.service,
                    typed.severity,
                    typed.written_started_at,
                    typed.written_restored_at,
                    typed.deployment_id
                order by typed.record
            )
            as copy_no,
        count(*) over (partition by typed.stream, typed.incident_id) as copies,
        count(*)
            over (
                partition by
                    typed.stream,
                    typed.incident_id,
                    typed.service,
                    typed.severity,
                    typed.written_started_at,
                    typed.written_restored_at,
                    typed.deployment_id
            )
            as equal_copies
    from typed

),

judged as (

    select
        compared.*,
        case
            when compared.incident_id is null then 'incident_id'
            when compared.copies > compared.equal_copies then 'incident_id'
            when compared.written_started_at is null then 'started_at'
            when compared.started_at_fault is not null then 'started_at'
            when compared.restored_at_fault is not null then 'restored_at'
            when compared.restored_at < compared.started_at then 'restored_at'
        end as column_name,
        case
            when compared.incident_id is null then 'the cell is empty'
            when compared.copies > compared.equal_copies
                then 'the incident_id ' || compared.incident_id || ' stands in another record with other values'
            when compared.written_started_at is null then 'the cell is empty'
            when compared.started_at_fault is not null then compared.started_at_fault
            when compared.restored_at_fault is not null then compared.restored_at_fault
            when compared.restored_at < compared.started_at then 'it was restored before it began'
        end as fault
    from compared

)

select
    judged.* exclude (copy_no, copies, equal_copies, latest_at, expected_time),
    judged.incident_id as subject,
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
        when 'started_at' then judged.written_started_at
        when 'restored_at' then judged.written_restored_at
    end as value
from judged
