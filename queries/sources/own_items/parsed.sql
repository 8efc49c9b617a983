/*
title = "Records of our own layout: items"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.item_id) as item_id,
        macros.present(records.title) as title,
        macros.present(records.type) as type,
        macros.present(records.team) as team,
        macros.present(records.priority) as priority,
        macros.labels(records.labels) as labels,
        macros.present(records.parent_id) as parent_id,
        macros.present(records.points) as written_points,
        case
            when isfinite(try_cast(trim(records.points) as double)) then try_cast(trim(records.points) as double)
        end as points,
        macros.present(records.created_at) as written_created,
        macros.instant(records.created_at, options.time_zone) as created_at,
        macros.present(records.started_at) as written_started,
        macros.instant(records.started_at, options.time_zone) as started_at,
        macros.present(records.finished_at) as written_finished,
        macros.instant(records.finished_at, options.time_zone) as finished_at,
        macros.present(records.cancelled_at) as written_cancelled,
        macros.instant(records.cancelled_at, options.time_zone) as cancelled_at,
        macros.present(records.status) as status,
        macros.present(records.status_category) as status_category,
        macros.present(records.first_seen_at) as written_first_seen,
        macros.instant(records.first_seen_at, options.time_zone) as first_seen_at,
        macros.present(records.last_seen_at) as written_last_seen,
        macros.instant(records.last_seen_at, options.time_zone) as last_seen_at,
        options.expected_time
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        case
            when typed.item_id is null then 'item_id'
            when typed.written_created is null and typed.written_first_seen is null then 'created_at'
            when typed.written_created is not null and typed.created_at is null then 'created_at'
            when typed.written_started is not null and typed.started_at is null then 'started_at'
            when typed.written_finished is not null and typed.finished_at is null then 'finished_at'
            when typed.written_cancelled is not null and typed.cancelled_at is null then 'cancelled_at'
            when typed.written_first_seen is not null and typed.first_seen_at is null then 'first_seen_at'
            when typed.written_last_seen is not null and typed.last_seen_at is null then 'last_seen_at'
            when typed.written_points is not null and typed.points is null then 'points'
            when typed.started_at < typed.created_at then 'started_at'
            when typed.finished_at < greatest(typed.created_at, typed.started_at) then 'finished_at'
            when typed.cancelled_at < greatest(typed.created_at, typed.started_at) then 'cancelled_at'
        end as column_name
    from typed

),

shown as (

    select
        judged.*,
        case judged.column_name
            when 'created_at' then judged.written_created
            when 'started_at' then judged.written_started
            when 'finished_at' then judged.written_finished
            when 'cancelled_at' then judged.written_cancelled
            when 'first_seen_at' then judged.written_first_seen
            when 'last_seen_at' then judged.written_last_seen
            when 'points' then judged.written_points
        end as value
    from judged

)

select
    shown.*,
    shown.item_id as subject,
    case
        when shown.column_name = 'item_id' then 'no item: the cell is empty'
        when shown.column_name = 'started_at' and shown.started_at is not null then 'it was started before it was created'
        when shown.column_name = 'finished_at' and shown.finished_at is not null
            then 'it was finished before it was created or started'
        when shown.column_name = 'cancelled_at' and shown.cancelled_at is not null
            then 'it was cancelled before it was created or started'
        when shown.column_name = 'points' then 'not a number that can be read; expected one such as 2.5'
        when shown.column_name is not null and shown.value is null then 'no time: the cell is empty'
        when shown.column_name is not null then 'not a date that can be read; expected ' || shown.expected_time
    end as reason,
    case when shown.column_name is not null then 'set aside' else 'kept' end as fate
from shown
