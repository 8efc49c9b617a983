/*
title = "Events of a log"
grain = "one row per record of the file: what it says, and whether it can be used"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.item_id) as item_id,
        macros.present(records.state) as state,
        macros.present(records.from_state) as from_state,
        macros.present(records.occurred_at) as written_at,
        macros.instant(records.occurred_at, options.time_zone) as occurred_at,
        macros.present(records.started_at) as written_start,
        macros.instant(records.started_at, options.time_zone) as started_at,
        macros.present(records.created_at) as written_created_at,
        macros.instant(records.created_at, options.time_zone) as created_at,
        lower(macros.present(records.lifecycle)) as lifecycle,
        macros.present(records.instance) as instance,
        macros.present(records.team) as team,
        macros.pseudonym(macros.present(records.person), options.people_key) as person,
        macros.present(records.title) as title,
        macros.present(records.type) as type,
        macros.present(records.priority) as priority,
        options.event_is,
        options.expected_time,
        options.imported_at,
        options.is_zone_missing and not macros.has_zone(records.occurred_at) as is_zone_missing,
        row_number() over (
            partition by
                records.stream, records.item_id, records.state, records.from_state, records.occurred_at, records.started_at,
                records.lifecycle, records.instance, records.person
            order by records.record
        ) as copy_no
    from raw.records
    cross join raw.options

),

directed as (

    -- Some tools write the newest event first: then ties of one instant run backwards too.
    select
        typed.record,
        sign(
            epoch_us(typed.occurred_at)
            - epoch_us(lag(typed.occurred_at) over (partition by typed.stream, typed.item_id order by typed.record))
        ) as direction
    from typed

),

sequenced as (

    select
        typed.*,
        typed.record * case when newest_first.is_so then -1 else 1 end as seq
    from typed
    cross join (
        select coalesce(sum(directed.direction), 0) < 0 as is_so from directed
    ) as newest_first

),

compared as (

    select
        sequenced.*,
        sequenced.item_id is not null and sequenced.state is not null and sequenced.occurred_at is not null
        and sequenced.copy_no = 1 as is_told,
        lag(sequenced.state) over (
            partition by
                sequenced.stream,
                sequenced.item_id,
                sequenced.item_id is not null and sequenced.state is not null and sequenced.occurred_at is not null
                and sequenced.copy_no = 1
            order by sequenced.occurred_at, sequenced.seq
        ) as previous_state
    from sequenced

),

judged as (

    select
        compared.*,
        case
            when compared.item_id is null then 'item_id'
            when compared.state is null then 'state'
            when compared.occurred_at is null then 'occurred_at'
            when compared.occurred_at > compared.imported_at + interval 1 day then 'occurred_at'
            when compared.written_start is not null and compared.started_at is null then 'started_at'
            when compared.started_at > compared.occurred_at then 'started_at'
            when compared.written_created_at is not null and compared.created_at is null then 'created_at'
        end as column_name
    from compared

)

select
    judged.record,
    case
        when judged.column_name is not null then 'set aside'
        when judged.copy_no > 1 then 'ignored'
        when judged.event_is = 'entered' and judged.state = judged.previous_state then 'ignored'
        when
            judged.event_is = 'start-complete'
            and coalesce(judged.lifecycle, '') not in ('start', 'complete') then 'ignored'
        else 'kept'
    end as fate,
    case
        when judged.column_name = 'item_id' then 'no item: the cell is empty'
        when judged.column_name = 'state' then 'no state: the cell is empty'
        when judged.column_name = 'occurred_at' and judged.written_at is null then 'no time: the cell is empty'
        when judged.column_name = 'started_at' and judged.started_at is not null then 'it starts after it ends'
        when judged.column_name = 'occurred_at' and judged.occurred_at is not null then 'it lies in the future'
        when judged.column_name is not null
            then 'not a date that can be read; expected ' || judged.expected_time
        when judged.copy_no > 1 then 'the same as an earlier record'
        when judged.event_is = 'entered' and judged.state = judged.previous_state then 'no change of state'
        when
            judged.event_is = 'start-complete'
            and coalesce(judged.lifecycle, '') not in ('start', 'complete')
            then 'life-cycle step is neither start nor complete'
        when judged.is_zone_missing then 'no zone is stated; read as UTC'
    end as reason,
    judged.column_name,
    case
        when judged.column_name = 'occurred_at' then judged.written_at
        when judged.column_name = 'started_at' then judged.written_start
        when judged.column_name = 'created_at' then judged.written_created_at
    end as value,
    judged.stream,
    judged.item_id as subject,
    judged.item_id,
    judged.state,
    judged.from_state,
    judged.occurred_at,
    judged.started_at,
    judged.created_at,
    judged.lifecycle,
    judged.instance,
    judged.seq,
    judged.team,
    judged.person,
    judged.title,
    judged.type,
    judged.priority,
    judged.event_is
from judged
