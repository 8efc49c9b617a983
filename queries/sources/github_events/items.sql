/*
title = "Items"
grain = "one row per issue or pull request, as of its last event"
*/
with newest as (

    select
        parsed.stream,
        parsed.item_id,
        min(parsed.created_at) as created_at,
        arg_max(parsed.issue, parsed.occurred_at) as issue
    from reading.parsed
    where parsed.fate = 'kept'
    group by
        parsed.stream,
        parsed.item_id

),

dated as (

    select
        newest.*,
        json_extract_string(newest.issue, '$.state_reason') as state_reason,
        coalesce(json_exists(newest.issue, '$.pull_request'), false) as is_pull_request,
        macros.instant(json_extract_string(newest.issue, '$.closed_at'), options.time_zone) as closed_at,
        macros.instant(json_extract_string(newest.issue, '$.pull_request.merged_at'), options.time_zone) as merged_at,
        options.file_name,
        options.import_id
    from newest
    cross join raw.options

)

select
    dated.stream,
    dated.item_id,
    dated.file_name,
    dated.import_id,
    json_extract_string(dated.issue, '$.title') as title,
    case when dated.is_pull_request then 'Pull request' else 'Issue' end as type,
    macros.labels(json_extract_string(dated.issue, '$.labels')) as labels,
    dated.created_at,
    case
        when dated.is_pull_request then dated.merged_at
        when coalesce(dated.state_reason, '') <> 'not_planned' then dated.closed_at
    end as finished_at,
    case
        when dated.is_pull_request and dated.merged_at is null then dated.closed_at
        when not dated.is_pull_request and dated.state_reason = 'not_planned' then dated.closed_at
    end as cancelled_at,
    json_extract_string(dated.issue, '$.state') as status
from dated
