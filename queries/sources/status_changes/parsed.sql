/*
title = "Changes of a state"
grain = "one row per record: a move, a change of another field, or an item that has not moved"
*/
with typed as (

    select
        records.record,
        options.stream,
        nullif(trim(records.item_id), '') as item_id,
        macros.present(records.to_state) as state,
        macros.present(records.from_state) as from_state,
        coalesce(lower(macros.present(records.field)), 'status') as field,
        -- The key may hold the number: jira:JiraIssueChangelogItems:2:10645:Rank.
        try_cast(
            coalesce(
                records.seq,
                list_filter(string_split(records.change_id, ':'), lambda part: regexp_full_match(part, '\d+'))[-1]
            ) as bigint
        ) as seq,
        macros.present(records.from_category) as from_category,
        macros.present(records.to_category) as to_category,
        macros.present(records.occurred_at) as written_at,
        macros.instant(records.occurred_at, options.time_zone) as occurred_at,
        macros.present(records.created_at) as written_created,
        macros.instant(records.created_at, options.time_zone) as created_at,
        macros.present(records.title) as title,
        macros.present(records.type) as type,
        macros.number(records.points) as points,
        macros.present(records.team) as team,
        macros.pseudonym(macros.present(records.person), options.people_key) as person,
        date_add(options.imported_at, interval 1 day) as latest_at,
        options.expected_time
    from raw.records
    cross join raw.options

),

compared as (

    select
        typed.*,
        lag(typed.state) over (
            partition by typed.item_id, typed.field order by typed.occurred_at, typed.seq, typed.record
        ) as previous_state,
        row_number() over (
            partition by typed.item_id, typed.field, typed.state, typed.from_state, typed.occurred_at, typed.seq
            order by typed.record
        ) as copy_no
    from typed

),

judged as (

    select
        compared.*,
        case
            when compared.item_id is null then 'no item: the cell is empty'
            when compared.field not in ('status', 'flagged') then null
            when compared.written_created is not null and compared.created_at is null
                then 'not a date that can be read; expected ' || compared.expected_time
            when compared.field = 'status' and compared.written_at is not null and compared.state is null
                then 'no state: the cell is empty'
            when
                (compared.state is not null or compared.field = 'flagged')
                and compared.written_at is null and compared.created_at is null
                then 'no time: the cell is empty'
            when compared.written_at is not null and compared.occurred_at is null
                then 'not a date that can be read; expected ' || compared.expected_time
            when compared.occurred_at > compared.latest_at then 'it lies in the future'
        end as fault,
        case
            when compared.field not in ('status', 'flagged') then 'a change of another field'
            when compared.copy_no > 1 then 'the same as an earlier record'
            when compared.field = 'status' and compared.state = compared.previous_state and compared.from_state is null
                then 'no change of state'
        end as nothing_new
    from compared

)

select
    judged.* exclude (fault, nothing_new, expected_time, latest_at, previous_state, copy_no),
    judged.item_id as subject,
    case
        when judged.fault is not null then 'set aside'
        when judged.nothing_new is not null then 'ignored'
        else 'kept'
    end as fate,
    coalesce(judged.fault, judged.nothing_new) as reason,
    case
        when judged.fault is null then null
        when judged.item_id is null then 'item_id'
        when judged.written_created is not null and judged.created_at is null then 'created_at'
        when judged.fault like 'no state%' then 'to_state'
        else 'occurred_at'
    end as column_name,
    case
        when judged.fault is null then null
        when judged.written_created is not null and judged.created_at is null then judged.written_created
        when judged.fault like 'not a date%' or judged.fault like 'it lies%' then judged.written_at
    end as value
from judged
