/*
title = "Issues of a Jira REST answer"
grain = "one row per issue"
*/
with issues as (

    select
        documents.record,
        documents.document as issue,
        json_extract_string(documents.document, '$.key') as item_id,
        json_extract_string(documents.document, '$.fields.created') as written_at,
        macros.instant(json_extract_string(documents.document, '$.fields.created'), options.time_zone) as created_at,
        list_filter(
            json_extract_string(documents.document, '$.changelog.histories[*].created'),
            lambda written: macros.instant(written, options.time_zone) is null
        )[1] as bad_time,
        coalesce(
            try_cast(json_extract_string(documents.document, '$.changelog.total') as bigint)
            > json_array_length(documents.document, '$.changelog.histories'),
            false
        ) as is_cut,
        options.stream
    from raw.documents
    cross join raw.options

),

judged as (

    select
        issues.*,
        case
            when issues.item_id is null then 'key'
            when issues.created_at is null then 'fields.created'
            when issues.bad_time is not null then 'changelog.histories.created'
        end as column_name,
        row_number() over (partition by issues.item_id order by issues.record) as copy_no
    from issues

)

select
    judged.record,
    case
        when judged.column_name is not null then 'set aside'
        when judged.copy_no > 1 then 'ignored'
        else 'kept'
    end as fate,
    case
        when judged.column_name = 'key' then 'the issue has no key'
        when judged.column_name is not null
            then 'not a date that can be read; expected ISO 8601, such as 2024-05-31T14:30:00.000+0200'
        when judged.copy_no > 1 then 'the same issue as an earlier one'
        when judged.is_cut then 'its history is cut: the answer holds only a part of the changes; ask for the others'
    end as reason,
    case
        when judged.column_name is null and judged.copy_no = 1 and judged.is_cut then 'changelog.total'
        else judged.column_name
    end as column_name,
    case judged.column_name
        when 'fields.created' then judged.written_at
        when 'changelog.histories.created' then judged.bad_time
    end as value,
    judged.stream,
    judged.item_id as subject,
    judged.item_id,
    judged.issue,
    judged.created_at
from judged
