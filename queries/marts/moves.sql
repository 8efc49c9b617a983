/*
title = "Moves"
grain = "one row per entry of a work item into a state, with the state before it"
[columns]
item_no = "the item's place in marts.items"
stream = "value stream"
item_id = "key of the work item"
move_no = "1 = the item's first state"
from_state = "state before; null for the first"
to_state = "state entered"
from_team = "team that owned the item before, as declared for the stage or recorded; null if not known"
to_team = "team that owns it from then on; the last one known where nothing new is said"
is_last = "no other state was entered after it"
is_end_mark = "no state of the source: where events say when an activity ended, it stands for that end"
seconds = "time in from_state until the move; null for the first"
working_seconds = "the same by the working calendar"
moved_on = "day of the move in the stream's zone"
team = "team of the item"
type = "type of the item"
ended_on = "day the item finished or was cancelled; null while it is open"
*/
with told as (

    select
        entries.item_no,
        entries.entry_no,
        entries.place_no,
        entries.previous_place_no,
        entries.entered_at,
        entries.entered_on,
        entries.worked_by_entry,
        -- The team that owns the stage, never a person.
        coalesce(places.team, entries.team) as owning_team
    from staging.entries
    join staging.places
        on entries.place_no = places.place_no

),

moved as (

    select
        told.item_no,
        told.entry_no,
        told.place_no,
        told.previous_place_no,
        lag(told.owning_team ignore nulls) over item_history as from_team,
        told.owning_team,
        lead(told.place_no) over item_history is null as is_last,
        epoch(told.entered_at) - epoch(lag(told.entered_at) over item_history) as seconds,
        told.worked_by_entry - lag(told.worked_by_entry) over item_history as working_seconds,
        told.entered_on
    from told
    window item_history as (partition by told.item_no order by told.entry_no)

),

sorted as (

    -- Numbers are sorted, names come afterwards: a tenth of the bytes.
    select
        item_order.order_no,
        moved.*
    from moved
    join staging.item_order
        on moved.item_no = item_order.item_no
    order by
        item_order.order_no,
        moved.entry_no

)

select
    sorted.order_no as item_no,
    places.stream,
    items.item_id,
    sorted.entry_no as move_no,
    previous_places.state as from_state,
    places.state as to_state,
    sorted.from_team,
    coalesce(sorted.owning_team, sorted.from_team) as to_team,
    sorted.is_last,
    ends_with(places.state, ' · ended') as is_end_mark,
    sorted.seconds,
    sorted.working_seconds,
    sorted.entered_on as moved_on,
    items.team,
    items.type,
    items.ended_on
from sorted
join marts.items
    on sorted.order_no = items.item_no
join staging.places
    on sorted.place_no = places.place_no
left join staging.places as previous_places
    on sorted.previous_place_no = previous_places.place_no
