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
        options.expected_time
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        typed.incident_id as subject,
        case
            when typed.incident_id is null then 'incident_id'
            when typed.written_started_at is null then 'started_at'
            when typed.written_started_at is not null and typed.started_at is null then 'started_at'
            when typed.written_restored_at is not null and typed.restored_at is null then 'restored_at'
        end as column_name,
        case
            when typed.incident_id is null then 'the cell is empty'
            when typed.written_started_at is null then 'the cell is empty'
            when
                typed.written_started_at is not null and typed.started_at is null
                then 'not a date that can be read; expected ' || typed.expected_time
            when
                typed.written_restored_at is not null and typed.restored_at is null
                then 'not a date that can be read; expected ' || typed.expected_time
        end as reason,
        case
            when typed.written_started_at is not null and typed.started_at is null then typed.written_started_at
            when typed.written_restored_at is not null and typed.restored_at is null then typed.written_restored_at
        end as value
    from typed

)

select
    judged.*,
    case when judged.reason is not null then 'set aside' else 'kept' end as fate
from judged
