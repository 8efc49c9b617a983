/*
title = "Rows of a list of items"
grain = "one row per record: an item, its state now and its dates"
*/
with zones as (

    -- GitLab names its columns by their zone: Created At (UTC).
    select case when bool_or(columns.column_name ilike '%(UTC)') then 'UTC' else min(options.time_zone) end as zone
    from raw.options
    left join raw.columns
        on columns.role in ('created_at', 'started_at', 'finished_at', 'cancelled_at')

),

typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        -- Ids are never missing because of how they are spelt: NULL and NA are ids too.
        nullif(trim(records.item_id), '') as item_id,
        records.item_id <> trim(records.item_id) as has_margins,
        macros.present(records.source_id) as source_id,
        macros.present(records.title) as title,
        coalesce(
            macros.present(records.type), case when macros.present(records.pull_request) is not null then 'Pull request' end
        ) as type,
        macros.present(records.pull_request) is not null as is_pull_request,
        macros.present(records.team) as team,
        macros.present(records.priority) as priority,
        macros.labels(records.labels) as labels,
        macros.present(records.status) as status,
        macros.present(records.parent_id) as written_parent,
        macros.present(records.points) as written_points,
        macros.number(records.points) as points,
        macros.present(records.created_at) as written_created,
        coalesce(
            macros.instant(records.created_at, zones.zone),
            -- A key of Trello begins with the seconds at which it was made.
            case
                when regexp_full_match(trim(records.item_id), '[0-9a-f]{24}') and macros.present(records.created_at) is null
                    then make_timestamp(cast('0x' || left(trim(records.item_id), 8) as bigint) * 1000000)
            end
        ) as created_at,
        macros.present(records.started_at) as written_started,
        macros.instant(records.started_at, zones.zone) as started_at,
        macros.present(records.finished_at) as written_finished,
        macros.instant(records.finished_at, zones.zone) as finished_at,
        macros.present(records.cancelled_at) as written_cancelled,
        macros.instant(records.cancelled_at, zones.zone) as cancelled_at,
        coalesce(categories.category, states.category) as category,
        -- Jira has no category for what was dropped: its state Cancelled is of the category Done.
        coalesce(outcomes.category = 'cancelled', false)
        or coalesce(states.category = 'cancelled', false)
        -- A pull request that is closed without being merged.
        or (macros.present(records.pull_request) is not null and macros.present(records.merged_at) is null) as is_dropped,
        zones.zone,
        date_add(options.imported_at, interval 1 day) as latest_at,
        options.expected_time,
        options.is_zone_missing
        and not coalesce(macros.has_zone(records.created_at), macros.has_zone(records.finished_at), true)
            as is_zone_missing,
        hash(
            records.title, records.type, records.team, records.status, records.parent_id, records.created_at,
            records.started_at, records.finished_at, records.cancelled_at, records.points
        ) as content
    from raw.records
    cross join raw.options
    cross join zones
    left join raw.words as states
        on records.status = states.word
    left join raw.words as categories
        on records.category = categories.word
    left join raw.words as outcomes
        on records.resolution = outcomes.word

),

begun as (

    select
        typed.* replace (
            macros.not_before(typed.written_started, typed.started_at, typed.created_at, typed.zone) as started_at
        )
    from typed

),

dated as (

    select
        begun.* replace (
            macros.not_before(
                begun.written_finished, begun.finished_at, coalesce(begun.started_at, begun.created_at), begun.zone
            ) as finished_at,
            macros.not_before(
                begun.written_cancelled, begun.cancelled_at, coalesce(begun.started_at, begun.created_at), begun.zone
            ) as cancelled_at
        )
    from begun

),

compared as (

    select
        dated.*,
        (select count(*) from raw.columns where columns.role = 'started_at') > 0 as tells_starts,
        (select count(*) from raw.columns where columns.role = 'created_at') > 0 as tells_creations,
        row_number() over (partition by dated.stream, dated.item_id, dated.content order by dated.record) as copy_no,
        count(*) over (partition by dated.stream, dated.item_id) as records_of_item,
        min(dated.content) over (partition by dated.stream, dated.item_id)
        <> max(dated.content) over (partition by dated.stream, dated.item_id) as is_contradicted,
        min(dated.item_id) over (partition by dated.stream, lower(dated.item_id)) as nearly
    from dated

),

judged as (

    select
        compared.*,
        case
            when compared.item_id is null then 'item_id'
            when compared.is_contradicted then 'item_id'
            when compared.created_at is null and (compared.tells_creations or compared.written_created is not null)
                then 'created_at'
            when compared.written_started is not null and compared.started_at is null then 'started_at'
            when compared.written_finished is not null and compared.finished_at is null then 'finished_at'
            when compared.written_cancelled is not null and compared.cancelled_at is null then 'cancelled_at'
            when compared.created_at > compared.latest_at then 'created_at'
            when compared.started_at > compared.latest_at then 'started_at'
            when compared.finished_at > compared.latest_at then 'finished_at'
            when compared.cancelled_at > compared.latest_at then 'cancelled_at'
            when compared.started_at < compared.created_at then 'started_at'
            when compared.finished_at < coalesce(compared.started_at, compared.created_at) then 'finished_at'
            when compared.finished_at < compared.created_at then 'finished_at'
            when compared.cancelled_at < compared.created_at then 'cancelled_at'
            when compared.cancelled_at < compared.started_at then 'cancelled_at'
        end as column_name
    from compared

),

reasoned as (

    select
        judged.*,
        case
            when judged.item_id is null then 'no item: the cell is empty'
            when judged.is_contradicted then 'the item ' || judged.item_id || ' stands in another record with other values'
            when judged.column_name = 'created_at' and judged.written_created is null then 'no time: the cell is empty'
            when judged.column_name = 'created_at' and judged.created_at is null
                then 'not a date that can be read; expected ' || judged.expected_time
            when judged.column_name = 'started_at' and judged.started_at is null
                then 'not a date that can be read; expected ' || judged.expected_time
            when judged.column_name = 'finished_at' and judged.finished_at is null
                then 'not a date that can be read; expected ' || judged.expected_time
            when judged.column_name = 'cancelled_at' and judged.cancelled_at is null
                then 'not a date that can be read; expected ' || judged.expected_time
            when judged.column_name = 'created_at' then 'it lies in the future'
            when judged.column_name = 'started_at' and judged.started_at > judged.latest_at then 'it lies in the future'
            when judged.column_name = 'finished_at' and judged.finished_at > judged.latest_at then 'it lies in the future'
            when judged.column_name = 'cancelled_at' and judged.cancelled_at > judged.latest_at
                then 'it lies in the future'
            when judged.column_name = 'started_at' then 'it was started before it was created'
            when judged.column_name = 'finished_at' and judged.finished_at < judged.created_at
                then 'it was finished before it was created'
            when judged.column_name = 'finished_at' then 'it was finished before it was started'
            when judged.column_name = 'cancelled_at' and judged.cancelled_at < judged.created_at
                then 'it was cancelled before it was created'
            when judged.column_name = 'cancelled_at' then 'it was cancelled before it was started'
        end as fault,
        case
            when judged.finished_at is null and judged.cancelled_at is null and judged.category = 'done'
                then 'the state is an end, but there is no date of it: neither finished nor in progress'
            when judged.finished_at is not null and judged.category in ('backlog', 'in-progress')
                then 'finished by its date, although its state is no end'
            when judged.finished_at is not null and judged.started_at is null and judged.tells_starts
                then 'finished, but never started: its cycle time is unknown'
            when judged.finished_at is not null and judged.cancelled_at is not null
                then 'both finished and cancelled: it counts as cancelled'
            when coalesce(judged.created_at, judged.started_at, judged.finished_at, judged.cancelled_at) is null
                then 'no date: the item is in no figure unless another file tells its history'
            when judged.is_pull_request
                then 'a pull request, not an issue: its type is Pull request'
            when judged.nearly <> judged.item_id
                then 'the item differs from ' || judged.nearly || ' only in capital letters'
            when judged.has_margins then 'the item has blanks around it'
            when judged.written_points is not null and judged.points is null
                then 'not a number that can be read; the item has no estimate'
            when judged.is_zone_missing then 'no zone is stated; read as UTC'
        end as doubt
    from judged

)

select
    reasoned.record,
    case
        when reasoned.copy_no > 1 and reasoned.item_id is not null and not reasoned.is_contradicted then 'ignored'
        when reasoned.fault is not null then 'set aside'
        else 'kept'
    end as fate,
    case
        when reasoned.copy_no > 1 and reasoned.item_id is not null and not reasoned.is_contradicted
            then 'the same as an earlier record'
        else coalesce(reasoned.fault, reasoned.doubt)
    end as reason,
    case
        when reasoned.fault is not null then reasoned.column_name
        when reasoned.doubt like 'not a number%' then 'points'
        when reasoned.doubt like 'the item%' then 'item_id'
    end as column_name,
    case
        when reasoned.fault is null then case when reasoned.doubt like 'not a number%' then reasoned.written_points end
        when reasoned.column_name = 'created_at' then reasoned.written_created
        when reasoned.column_name = 'started_at' then reasoned.written_started
        when reasoned.column_name = 'finished_at' then reasoned.written_finished
        when reasoned.column_name = 'cancelled_at' then reasoned.written_cancelled
    end as value,
    reasoned.stream,
    reasoned.item_id as subject,
    reasoned.item_id,
    reasoned.source_id,
    reasoned.title,
    reasoned.type,
    reasoned.team,
    reasoned.priority,
    reasoned.labels,
    reasoned.status,
    reasoned.category,
    reasoned.written_parent,
    reasoned.points,
    reasoned.created_at,
    reasoned.started_at,
    -- What was closed as dropped was not finished.
    case
        when not (reasoned.is_dropped or coalesce(reasoned.category = 'cancelled', false)) then reasoned.finished_at
    end as finished_at,
    coalesce(
        reasoned.cancelled_at,
        case when reasoned.is_dropped or reasoned.category = 'cancelled' then reasoned.finished_at end
    ) as cancelled_at,
    reasoned.tells_starts
from reasoned
