/*
title = "Visits at a time"
grain = "one row per item of the stream that was anywhere at the end of the day before end_day, and had not ended: the visit in which it was then"
*/
create or replace macro macros.visits_then(chosen_stream, chosen_teams, chosen_types, end_day) as table
    select
        visits.item_no,
        max_by(struct_pack(stage := visits.stage, position := visits.position), visits.visit_no) as visit
    from marts.visits
    where
        visits.stream = chosen_stream
        and visits.entered_on < end_day
        and coalesce(visits.left_on >= end_day, true)
        and coalesce(coalesce(visits.finished_on, visits.cancelled_on) >= end_day, true)
        -- Whoever joins these has chosen the items: here it spares reading those of others.
        and (chosen_teams is null or list_contains(chosen_teams, visits.team))
        and (chosen_types is null or list_contains(chosen_types, visits.type))
    group by visits.item_no;
