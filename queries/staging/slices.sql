/*
title = "Slices"
grain = "one row per visit before the end; of items in progress, visits are cut where the item grew over-age"
[columns]
stream = "value stream"
item_id = "key of the work item"
visit_no = "visit of the item"
is_over_age = "the item is in progress and older than 85 % of the finished ones ever were"
slice_from_at = "UTC instant it begins"
slice_until_at = "UTC instant it ends"
worked_by_from = "working seconds of the calendar until it begins"
worked_by_until = "working seconds of the calendar until it ends"
*/
with grown as (

    select
        visits.stream,
        visits.item_id,
        visits.visit_no,
        visits.entered_at,
        visits.until_at,
        visits.worked_by_entry,
        visits.worked_by_end,
        streams.time_zone,
        case
            when outcomes.end_visit_no is null
                then outcomes.started_first_at + to_microseconds(cast(ages.usual_age_seconds * 1e6 as bigint))
        end as over_age_at
    from staging.visits
    join staging.paths
        on visits.stream = paths.stream
        and visits.item_id = paths.item_id
        and visits.visit_no = paths.visit_no
    join staging.streams
        on visits.stream = streams.stream
    left join staging.outcomes
        on visits.stream = outcomes.stream
        and visits.item_id = outcomes.item_id
    left join staging.ages
        on visits.stream = ages.stream
    where paths.is_in_flow

),

cut as (

    select
        grown.stream,
        grown.item_id,
        grown.visit_no,
        grown.entered_at,
        grown.until_at,
        grown.worked_by_entry,
        grown.worked_by_end,
        greatest(grown.entered_at, least(grown.until_at, grown.over_age_at)) as cut_at,
        macros.local_day(
            greatest(grown.entered_at, least(grown.until_at, grown.over_age_at)), grown.time_zone
        ) as cut_on
    from grown

),

measured as (

    select
        cut.stream,
        cut.item_id,
        cut.visit_no,
        cut.entered_at,
        cut.until_at,
        cut.worked_by_entry,
        cut.worked_by_end,
        cut.cut_at,
        macros.worked_by(cut.cut_at, calendar.opens_at, calendar.closes_at, calendar.seconds_before) as worked_by_cut
    from cut
    left join staging.calendar
        on cut.stream = calendar.stream
        and cut.cut_on = calendar.day

)

select
    measured.stream,
    measured.item_id,
    measured.visit_no,
    false as is_over_age,
    measured.entered_at as slice_from_at,
    measured.cut_at as slice_until_at,
    measured.worked_by_entry as worked_by_from,
    measured.worked_by_cut as worked_by_until
from measured
where measured.cut_at > measured.entered_at or measured.until_at = measured.entered_at
union all
select
    measured.stream,
    measured.item_id,
    measured.visit_no,
    true as is_over_age,
    measured.cut_at as slice_from_at,
    measured.until_at as slice_until_at,
    measured.worked_by_cut as worked_by_from,
    measured.worked_by_end as worked_by_until
from measured
where measured.until_at > measured.cut_at
