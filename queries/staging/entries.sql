/*
title = "State entries"
grain = "one row per entry of a work item into a state, the first state included"
[columns]
item_no = "the item"
entry_no = "1 = first entry of the item; events of one instant in the source's order"
place_no = "state entered"
previous_place_no = "state before; null for the first"
entered_at = "UTC instant of the entry"
entered_on = "its day in the stream's zone"
worked_by_entry = "working seconds of the calendar until the entry"
team = "team that owns the item from then on"
person = "pseudonym of whoever works on it from then on"
*/
with told as (

    select
        items.item_no,
        items.created_at,
        to_places.place_no,
        from_places.place_no as from_place_no,
        coalesce(to_places.category = 'done', false) as is_done,
        transitions.occurred_at,
        transitions.seq,
        transitions.team,
        transitions.person
    from canonical.transitions
    join staging.items
        on transitions.stream = items.stream
        and transitions.item_id = items.item_id
    join staging.places as to_places
        on transitions.stream = to_places.stream
        and transitions.to_state = to_places.state
    left join staging.places as from_places
        on transitions.stream = from_places.stream
        and transitions.from_state = from_places.state

),

ordered as (

    select
        told.item_no,
        told.created_at,
        told.place_no,
        told.from_place_no,
        told.is_done,
        told.occurred_at,
        told.team,
        told.person,
        row_number() over item_history as event_no,
        lag(told.place_no) over item_history as previous_place_no,
        -- Most exports hold no transition into the first state: it began with the item. And what is first heard of when
        -- it is done was not done from its creation on: where it was, nobody tells.
        first_value(
            coalesce(told.from_place_no <> told.place_no, told.is_done and told.created_at < told.occurred_at)
        ) over item_history as has_earlier_state
    from told
    window item_history as (partition by told.item_no order by told.occurred_at, told.seq)

),

from_history as (

    select
        ordered.item_no,
        cast(1 as bigint) as entry_no,
        coalesce(ordered.from_place_no, places.place_no) as place_no,
        cast(null as integer) as previous_place_no,
        ordered.created_at as entered_at,
        cast(null as varchar) as team,
        cast(null as varchar) as person
    from ordered
    join staging.items
        on ordered.item_no = items.item_no
    join staging.places
        on items.stream = places.stream
        and places.state = '(unknown)'
    where ordered.event_no = 1 and ordered.has_earlier_state
    union all
    select
        ordered.item_no,
        ordered.event_no + case when ordered.has_earlier_state then 1 else 0 end as entry_no,
        ordered.place_no,
        case
            when ordered.event_no > 1 then ordered.previous_place_no
            when ordered.has_earlier_state then coalesce(ordered.from_place_no, unknown_places.place_no)
        end as previous_place_no,
        case
            when ordered.event_no = 1 and coalesce(ordered.from_place_no = ordered.place_no, not ordered.is_done)
                then ordered.created_at
            else ordered.occurred_at
        end as entered_at,
        ordered.team,
        ordered.person
    from ordered
    join staging.places
        on ordered.place_no = places.place_no
    join staging.places as unknown_places
        on places.stream = unknown_places.stream
        and unknown_places.state = '(unknown)'

),

without_history as (

    select
        items.item_no,
        items.stream,
        items.created_at,
        items.started_at,
        items.finished_at,
        items.cancelled_at,
        -- Whatever ended at a time that nobody tells is neither in progress nor finished.
        coalesce(items.status_category, 'backlog') in ('done', 'cancelled')
        and items.finished_at is null
        and items.cancelled_at is null as is_end_unknown,
        items.status
    from staging.items
    where items.first_event_at is null

),

by_dates as (

    select
        without_history.item_no,
        without_history.stream,
        1 as event_no,
        case
            when without_history.started_at is not null then 'Not started'
            when coalesce(without_history.finished_at, without_history.cancelled_at) is not null then '(unknown)'
            when not without_history.is_end_unknown then without_history.status
        end as state,
        without_history.created_at as entered_at
    from without_history
    where
        coalesce(without_history.started_at, without_history.finished_at, without_history.cancelled_at) is null
        or without_history.created_at
        < coalesce(without_history.started_at, without_history.finished_at, without_history.cancelled_at)
    union all
    select
        without_history.item_no,
        without_history.stream,
        2 as event_no,
        case when without_history.is_end_unknown then '(unknown)' else 'In progress' end as state,
        without_history.started_at as entered_at
    from without_history
    union all
    select
        without_history.item_no,
        without_history.stream,
        3 as event_no,
        case when without_history.cancelled_at is null then 'Finished' else 'Withdrawn' end as state,
        coalesce(without_history.cancelled_at, without_history.finished_at) as entered_at
    from without_history

),

entries as (

    select
        from_history.item_no,
        from_history.entry_no,
        from_history.place_no,
        from_history.previous_place_no,
        from_history.entered_at,
        from_history.team,
        from_history.person
    from from_history
    union all
    -- An item without history: its dates tell where it was, and nothing else does.
    select
        by_dates.item_no,
        row_number() over item_dates as entry_no,
        places.place_no,
        lag(places.place_no) over item_dates as previous_place_no,
        by_dates.entered_at,
        cast(null as varchar) as team,
        cast(null as varchar) as person
    from by_dates
    join staging.places
        on by_dates.stream = places.stream
        and by_dates.state = places.state
    where by_dates.entered_at is not null
    window item_dates as (partition by by_dates.item_no order by by_dates.event_no)

),

dated as (

    select
        entries.*,
        places.stream,
        macros.local_day(entries.entered_at, places.time_zone) as entered_on
    from entries
    join staging.places
        on entries.place_no = places.place_no

)

select
    dated.item_no,
    cast(dated.entry_no as integer) as entry_no,
    dated.place_no,
    dated.previous_place_no,
    dated.entered_at,
    dated.entered_on,
    macros.worked_by(
        dated.entered_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before
    ) as worked_by_entry,
    dated.team,
    dated.person
from dated
join staging.calendar
    on dated.stream = calendar.stream
    and dated.entered_on = calendar.day
