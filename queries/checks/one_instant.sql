/*
title = "Whole history in one instant"
severity = "warning"
why = "The item went through three stages or more within one second: a script or a migration moved it, or the export lost the times. It counts in throughput, and with a cycle time of 0 it makes cycle time and flow efficiency look better than they are. Data that tell days only are not judged."
remedy = "Export the history from the tool where the work was done, or leave these items out of the export."
*/
with clocks as (

    -- Dates without a time of day become one instant of the day, or two where summer time moves it.
    select transitions.stream
    from canonical.transitions
    group by transitions.stream
    having count(distinct cast(transitions.occurred_at as time)) > 2

),

-- Few items are found: only for them the way is written out.
found as (

    select visits.item_no
    from marts.visits
    group by visits.item_no
    having count(*) >= 3 and max(visits.entered_at) - min(visits.entered_at) <= interval 1 second

)

select
    visits.stream,
    visits.item_id as subject,
    string_agg(visits.stage, ' → ' order by visits.visit_no) filter (where visits.visit_no <= 10)
    || case when count(*) > 10 then ' → …' else '' end || ' at '
    || strftime(min(visits.entered_at), '%Y-%m-%d %H:%M:%S') || ' UTC' as detail
from marts.visits
semi join clocks
    on visits.stream = clocks.stream
semi join found
    on visits.item_no = found.item_no
group by
    visits.stream,
    visits.item_id
