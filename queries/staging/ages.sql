/*
title = "Usual age"
grain = "one row per value stream with 5 finished items or more"
[columns]
stream = "value stream"
usual_age_seconds = "85 % of the finished items took this long or less from start to finish: an observed value"
*/
select
    outcomes.stream,
    quantile_disc(epoch(outcomes.finished_at) - epoch(outcomes.started_first_at), 0.85) as usual_age_seconds
from staging.outcomes
join staging.items
    on outcomes.item_no = items.item_no
where outcomes.finished_at is not null and not items.is_start_unknown
group by outcomes.stream
having count(*) >= 5
