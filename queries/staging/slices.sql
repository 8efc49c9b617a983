/*
title = "Slices"
grain = "one row per visit before the end; of items in progress, visits are cut where the item grew over-age"
[columns]
item_no = "the item"
visit_no = "visit of the item"
place_no = "as of the visit"
is_over_age = "the item is in progress and older than 85 % of the finished ones ever were"
is_worked = "as of the visit"
is_rework = "as of the visit"
is_handoff = "as of the visit"
person = "as of the visit"
slice_from_at = "UTC instant it begins"
slice_until_at = "UTC instant it ends"
worked_by_from = "working seconds of the calendar until it begins"
worked_by_until = "working seconds of the calendar until it ends"
*/
with usual as (

    select
        outcomes.item_no,
        outcomes.end_visit_no,
        case
            when outcomes.end_visit_no is null
                then outcomes.started_first_at + to_microseconds(cast(ages.usual_age_seconds * 1e6 as bigint))
        end as over_age_at
    from staging.outcomes
    left join staging.ages
        on outcomes.stream = ages.stream

),

grown as (

    select
        visits.item_no,
        visits.visit_no,
        visits.place_no,
        visits.is_worked,
        visits.is_rework,
        visits.is_handoff,
        visits.person,
        visits.entered_at,
        visits.until_at,
        visits.worked_by_entry,
        visits.worked_by_end,
        greatest(visits.entered_at, least(visits.until_at, usual.over_age_at)) as cut_at
    from staging.visits
    left join usual
        on visits.item_no = usual.item_no
    where visits.visit_no < coalesce(usual.end_visit_no, visits.visit_no + 1)

),

cut as (

    select
        grown.*,
        places.stream,
        -- Only what is cut in two needs the day of the cut.
        case
            when grown.cut_at > grown.entered_at and grown.cut_at < grown.until_at
                then macros.local_day(grown.cut_at, places.time_zone)
        end as cut_on
    from grown
    join staging.places
        on grown.place_no = places.place_no

),

measured as (

    select
        cut.*,
        case
            when cut.cut_at = cut.until_at then cut.worked_by_end
            when cut.cut_at = cut.entered_at then cut.worked_by_entry
            else macros.worked_by(cut.cut_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before)
        end as worked_by_cut
    from cut
    left join staging.calendar
        on cut.stream = calendar.stream
        and cut.cut_on = calendar.day

)

select
    measured.item_no,
    measured.visit_no,
    measured.place_no,
    false as is_over_age,
    measured.is_worked,
    measured.is_rework,
    measured.is_handoff,
    measured.person,
    measured.entered_at as slice_from_at,
    measured.cut_at as slice_until_at,
    measured.worked_by_entry as worked_by_from,
    measured.worked_by_cut as worked_by_until
from measured
where measured.cut_at > measured.entered_at or measured.until_at = measured.entered_at
union all
select
    measured.item_no,
    measured.visit_no,
    measured.place_no,
    true as is_over_age,
    measured.is_worked,
    measured.is_rework,
    measured.is_handoff,
    measured.person,
    measured.cut_at as slice_from_at,
    measured.until_at as slice_until_at,
    measured.worked_by_cut as worked_by_from,
    measured.worked_by_end as worked_by_until
from measured
where measured.until_at > measured.cut_at
