/*
title = "Moves"
grain = "one row per entry of a work item into a state, with the state before it"
[columns]
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
with entered as (

    select
        entries.stream,
        entries.item_id,
        entries.entry_no,
        entries.state,
        entries.entered_at,
        -- The team that owns the stage, never a person.
        coalesce(stages.team, entries.team) as owning_team,
        macros.local_day(entries.entered_at, streams.time_zone) as moved_on
    from staging.entries
    join staging.streams
        on entries.stream = streams.stream
    left join canonical.states
        on entries.stream = states.stream
        and entries.state = states.state
    left join canonical.stages
        on states.stream = stages.stream
        and states.stage = stages.stage

),

clocked as (

    select
        entered.*,
        last_value(entered.owning_team ignore nulls) over (
            partition by entered.stream, entered.item_id
            order by entered.entry_no
            rows between unbounded preceding and current row
        ) as to_team,
        macros.worked_by(
            entered.entered_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before
        ) as worked_by_entry
    from entered
    join staging.calendar
        on entered.stream = calendar.stream
        and entered.moved_on = calendar.day

)

select
    clocked.stream,
    clocked.item_id,
    clocked.entry_no as move_no,
    lag(clocked.state) over item_history as from_state,
    clocked.state as to_state,
    lag(clocked.to_team) over item_history as from_team,
    clocked.to_team,
    lead(clocked.state) over item_history is null as is_last,
    ends_with(clocked.state, ' · ended') as is_end_mark,
    epoch(clocked.entered_at) - epoch(lag(clocked.entered_at) over item_history) as seconds,
    clocked.worked_by_entry - lag(clocked.worked_by_entry) over item_history as working_seconds,
    clocked.moved_on,
    items.team,
    items.type,
    items.ended_on
from clocked
join marts.items
    on clocked.stream = items.stream
    and clocked.item_id = items.item_id
window item_history as (partition by clocked.stream, clocked.item_id order by clocked.entry_no)
order by
    clocked.stream,
    clocked.item_id,
    clocked.entry_no
