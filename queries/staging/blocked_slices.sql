/*
title = "Blocked time by slice"
grain = "one row per slice and blocked time that overlap"
[columns]
item_no = "the item"
visit_no = "visit of the item"
is_over_age = "as of the slice"
reason = "why it was blocked; 'no reason given' where the source has none"
overlap_from_at = "UTC instant the overlap begins"
overlap_until_at = "UTC instant it ends"
worked_by_from = "working seconds of the calendar until it begins"
worked_by_until = "working seconds of the calendar until it ends"
seconds = "elapsed seconds of the overlap"
working_seconds = "working seconds of the overlap"
*/
with shared_time as (

    select
        slices.item_no,
        slices.visit_no,
        streams.stream,
        slices.is_over_age,
        coalesce(blocked.reason, 'no reason given') as reason,
        streams.time_zone,
        greatest(slices.slice_from_at, blocked.blocked_at) as overlap_from_at,
        least(slices.slice_until_at, blocked.unblocked_at) as overlap_until_at
    from staging.slices
    join staging.blocked
        on slices.item_no = blocked.item_no
        and slices.slice_from_at < blocked.unblocked_at
        and slices.slice_until_at > blocked.blocked_at
    join staging.streams
        on blocked.stream = streams.stream

)

select
    shared_time.item_no,
    shared_time.visit_no,
    shared_time.is_over_age,
    shared_time.reason,
    shared_time.overlap_from_at,
    shared_time.overlap_until_at,
    macros.worked_by(
        shared_time.overlap_from_at, from_days.opens_at, from_days.closes_at, from_days.seconds_before
    ) as worked_by_from,
    macros.worked_by(
        shared_time.overlap_until_at, until_days.opens_at, until_days.closes_at, until_days.seconds_before
    ) as worked_by_until,
    epoch(shared_time.overlap_until_at) - epoch(shared_time.overlap_from_at) as seconds,
    macros.worked_by(
        shared_time.overlap_until_at, until_days.opens_at, until_days.closes_at, until_days.seconds_before
    )
    - macros.worked_by(
        shared_time.overlap_from_at, from_days.opens_at, from_days.closes_at, from_days.seconds_before
    ) as working_seconds
from shared_time
join staging.calendar as from_days
    on shared_time.stream = from_days.stream
    and macros.local_day(shared_time.overlap_from_at, shared_time.time_zone) = from_days.day
join staging.calendar as until_days
    on shared_time.stream = until_days.stream
    and macros.local_day(shared_time.overlap_until_at, shared_time.time_zone) = until_days.day
