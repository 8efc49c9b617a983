/*
title = "Entries of Jira's changelog"
grain = "one row per entry: an entry changes one field or several"
*/
with entries as (

    select
        documents.record,
        options.stream,
        coalesce(json_extract_string(documents.document, '$.issue_id'), json_extract_string(documents.document, '$.issueId'))
            as item_id,
        json_extract_string(documents.document, '$.created') as written_at,
        macros.instant(json_extract_string(documents.document, '$.created'), options.time_zone) as occurred_at,
        try_cast(json_extract_string(documents.document, '$.id') as bigint) as entry_no,
        macros.pseudonym(
            coalesce(
                macros.present(json_extract_string(documents.document, '$.author.accountId')),
                json_extract_string(documents.document, '$.author.self')
            ),
            options.people_key
        ) as person,
        list_filter(
            cast(json_extract(documents.document, '$.items') as json[]),
            lambda change: lower(json_extract_string(change, '$.field')) in ('status', 'flagged')
        ) as changes
    from raw.documents
    cross join raw.options

)

select
    entries.*,
    entries.item_id as subject,
    case
        when entries.item_id is null or entries.occurred_at is null then 'set aside'
        when coalesce(len(entries.changes), 0) = 0 then 'ignored'
        else 'kept'
    end as fate,
    case
        when entries.item_id is null then 'the entry names no issue'
        when entries.occurred_at is null then 'not a date that can be read; expected ISO 8601, such as 2024-05-31T14:30:00Z'
        when coalesce(len(entries.changes), 0) = 0 then 'a change of another field'
    end as reason,
    case when entries.item_id is null then 'issue_id' when entries.occurred_at is null then 'created' end as column_name,
    case when entries.item_id is not null and entries.occurred_at is null then entries.written_at end as value
from entries
