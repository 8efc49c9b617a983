/*
title = "Active time of people"
grain = "one row per beginning or end of uninterrupted active time of an item with one person; the two of a time pair up"
[columns]
item_no = "the item"
visit_no = "visit of the item"
is_over_age = "as of the slice"
person_no = "whoever works on it, as told by the move into the stage; time with nobody told is in no row"
occurred_at = "UTC instant"
worked_by = "working seconds of the calendar until then"
change = "1 where active time begins, -1 where it ends"
*/
-- An item is open for a person while it stands in an active stage in progress, is not blocked, and the move into
-- that stage named them: items have no other assignee here, and one carried over from an earlier stage would be a guess.
with worked as (

    select
        slices.item_no,
        slices.visit_no,
        slices.is_over_age,
        people.person_no,
        slices.slice_from_at,
        slices.slice_until_at,
        slices.worked_by_from,
        slices.worked_by_until
    from staging.slices
    join staging.places
        on slices.place_no = places.place_no
    join staging.people
        on places.stream = people.stream
        and slices.person = people.person
    where slices.is_worked

),

interruptions as (

    select
        worked.item_no,
        worked.visit_no,
        worked.is_over_age,
        worked.person_no,
        blocked_slices.overlap_from_at,
        blocked_slices.overlap_until_at,
        blocked_slices.worked_by_from,
        blocked_slices.worked_by_until
    from worked
    join staging.blocked_slices
        on worked.item_no = blocked_slices.item_no
        and worked.visit_no = blocked_slices.visit_no
        and worked.is_over_age = blocked_slices.is_over_age

)

select
    worked.item_no,
    worked.visit_no,
    worked.is_over_age,
    worked.person_no,
    worked.slice_from_at as occurred_at,
    worked.worked_by_from as worked_by,
    1 as change
from worked
union all
select
    worked.item_no,
    worked.visit_no,
    worked.is_over_age,
    worked.person_no,
    worked.slice_until_at as occurred_at,
    worked.worked_by_until as worked_by,
    -1 as change
from worked
union all
select
    interruptions.item_no,
    interruptions.visit_no,
    interruptions.is_over_age,
    interruptions.person_no,
    interruptions.overlap_from_at as occurred_at,
    interruptions.worked_by_from as worked_by,
    -1 as change
from interruptions
union all
select
    interruptions.item_no,
    interruptions.visit_no,
    interruptions.is_over_age,
    interruptions.person_no,
    interruptions.overlap_until_at as occurred_at,
    interruptions.worked_by_until as worked_by,
    1 as change
from interruptions
