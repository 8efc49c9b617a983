/*
title = "Issues of a Jira REST answer"
grain = "one row per issue"
*/
with pages as (

    select
        unnest(
            case
                when json_exists(documents.document, '$.issues')
                    then cast(json_extract(documents.document, '$.issues') as json[])
                else [documents.document]
            end
        ) as issue
    from raw.documents

),

issues as (

    select
        row_number() over () as record,
        pages.issue,
        json_extract_string(pages.issue, '$.key') as item_id,
        json_extract_string(pages.issue, '$.fields.created') as written_at
    from pages

)

select
    issues.record,
    case
        when issues.item_id is null or macros.instant(issues.written_at, options.time_zone) is null then 'set aside'
        when row_number() over (partition by issues.item_id order by issues.record) > 1 then 'ignored'
        else 'kept'
    end as fate,
    case
        when issues.item_id is null then 'the issue has no key'
        when macros.instant(issues.written_at, options.time_zone) is null
            then 'not a date that can be read; expected ISO 8601, such as 2024-05-31T14:30:00.000+0200'
        when row_number() over (partition by issues.item_id order by issues.record) > 1
            then 'the same issue as an earlier one'
    end as reason,
    case when issues.item_id is null then 'key' else 'fields.created' end as column_name,
    issues.written_at as value,
    options.stream,
    issues.item_id,
    issues.issue,
    macros.instant(issues.written_at, options.time_zone) as created_at
from issues
cross join raw.options
