/*
title = "Events of GitHub issues"
grain = "one row per event, with the issue as it was then"
*/
with events as (

    select
        documents.record,
        options.stream,
        json_extract_string(documents.document, '$.id') as event_id,
        json_extract_string(documents.document, '$.event') as event,
        json_extract_string(documents.document, '$.created_at') as written_at,
        macros.instant(json_extract_string(documents.document, '$.created_at'), options.time_zone) as occurred_at,
        json_extract_string(documents.document, '$.issue.number') as item_id,
        json_extract(documents.document, '$.issue') as issue,
        json_extract_string(documents.document, '$.issue.created_at') as written_created,
        macros.instant(json_extract_string(documents.document, '$.issue.created_at'), options.time_zone) as created_at,
        row_number() over (
            partition by coalesce(json_extract_string(documents.document, '$.id'), cast(documents.document as varchar))
            order by documents.record
        ) as copy_no
    from raw.documents
    cross join raw.options

)

select
    events.*,
    events.item_id as subject,
    case
        when events.item_id is null or events.occurred_at is null or events.created_at is null then 'set aside'
        when events.copy_no > 1 then 'ignored'
        else 'kept'
    end as fate,
    case
        when events.item_id is null then 'the event names no issue'
        when events.occurred_at is null or events.created_at is null
            then 'not a date that can be read; expected ISO 8601, such as 2024-05-31T14:30:00Z'
        when events.copy_no > 1 then 'the same as an earlier record'
    end as reason,
    case
        when events.item_id is null then 'issue.number'
        when events.occurred_at is null then 'created_at'
        when events.created_at is null then 'issue.created_at'
    end as column_name,
    case
        when events.item_id is null then null
        when events.occurred_at is null then events.written_at
        when events.created_at is null then events.written_created
    end as value
from events
