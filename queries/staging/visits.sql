/*
title = "Visits"
grain = "one row per stay of a work item in a stage; consecutive states of one stage are one stay"
[columns]
item_no = "the item"
visit_no = "1 = first visit of the item"
place_no = "state in which the visit began: it tells the stage"
previous_place_no = "the same of the visit before; null on the first"
next_place_no = "the same of the visit after; null on the last"
category = "the stage's category"
previous_category = "category of the visit before, those of no category left out; null on the first"
previous_side = "category of the last visit before that was not cancelled; null where there is none"
is_worked = "the stage is active and in progress"
owner = "owning team: the stage's, else the event's, else the person"
person = "pseudonym of whoever works on it; null if not known"
is_rework = "the stage was visited before, or one of a higher position was"
is_handoff = "the owning team differs from the last one known"
entered_at = "UTC instant of the entry"
left_at = "UTC instant of the next visit's entry; null while the item is still there"
until_at = "left_at, or the stream's last event"
entered_on = "day of the entry in the stream's zone"
left_on = "day of the next entry; null while the item is still there"
worked_by_entry = "working seconds of the calendar until the entry"
worked_by_end = "working seconds of the calendar until until_at"
*/
with stays as (

    select
        entries.item_no,
        entries.entry_no,
        entries.place_no,
        entries.entered_at,
        entries.entered_on,
        entries.worked_by_entry,
        coalesce(places.team, entries.team, entries.person) as owner,
        entries.person,
        places.position,
        places.category,
        places.mode,
        places.last_event_at,
        places.worked_by_last
    from staging.entries
    join staging.places
        on entries.place_no = places.place_no
    left join staging.places as previous_places
        on entries.previous_place_no = previous_places.place_no
    where
        previous_places.stage is null
        or places.stage <> previous_places.stage
        or entries.place_no = entries.previous_place_no

),

seen as (

    -- All that a visit knows of those before and after it, in one pass.
    select
        stays.item_no,
        row_number() over item_history as visit_no,
        stays.place_no,
        lag(stays.place_no) over item_history as previous_place_no,
        lead(stays.place_no) over item_history as next_place_no,
        stays.category,
        lag(stays.category ignore nulls) over item_history as previous_category,
        -- An item that was dropped and taken up again stands where it stood before.
        lag(case when stays.category <> 'cancelled' then stays.category end ignore nulls)
            over item_history as previous_side,
        stays.mode,
        stays.position,
        max(stays.position) over so_far as furthest_position,
        max(case when stays.position is null then 1 end) over so_far as unmapped_before,
        stays.owner,
        -- A queue that nobody owns waits for the team that comes next.
        case when stays.mode = 'wait' then lead(stays.owner) over item_history end as next_owner,
        lag(stays.owner ignore nulls) over item_history as known_owner,
        lag(stays.owner is null and stays.mode = 'wait') over item_history as comes_from_unowned_queue,
        stays.person,
        stays.entered_at,
        lead(stays.entered_at) over item_history as left_at,
        stays.last_event_at,
        stays.entered_on,
        lead(stays.entered_on) over item_history as left_on,
        stays.worked_by_entry,
        lead(stays.worked_by_entry) over item_history as worked_by_exit,
        stays.worked_by_last
    from stays
    window
        item_history as (partition by stays.item_no order by stays.entry_no),
        so_far as (
            partition by stays.item_no order by stays.entry_no rows between unbounded preceding and 1 preceding
        )

)

select
    seen.item_no,
    cast(seen.visit_no as integer) as visit_no,
    seen.place_no,
    seen.previous_place_no,
    seen.next_place_no,
    seen.category,
    seen.previous_category,
    seen.previous_side,
    seen.mode = 'active' and seen.category = 'in-progress' as is_worked,
    seen.owner,
    seen.person,
    coalesce(seen.position <= seen.furthest_position, seen.position is null and seen.unmapped_before = 1, false)
        as is_rework,
    coalesce(
        coalesce(seen.owner, seen.next_owner) <> seen.known_owner
        and not (seen.comes_from_unowned_queue and seen.owner is not null),
        false
    ) as is_handoff,
    seen.entered_at,
    seen.left_at,
    coalesce(seen.left_at, seen.last_event_at) as until_at,
    seen.entered_on,
    seen.left_on,
    seen.worked_by_entry,
    coalesce(seen.worked_by_exit, seen.worked_by_last) as worked_by_end
from seen
