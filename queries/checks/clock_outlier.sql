/*
title = "Stay that is out of all proportion"
severity = "warning"
why = "It lasted over a year and over ten times as long as 99 % of the stays in its stage (of 100 or more): a wrong clock, a wrong year, or an item that everybody forgot. It is in all figures; means and sums lean on it, medians do not."
remedy = "Look at the two dates in the tool. If they are true, the item is worth a talk; if not, correct them."
*/
with usual as (

    select
        visits.stream,
        visits.stage,
        quantile_disc(visits.seconds, 0.99) as stay_seconds
    from marts.visits
    where visits.is_in_flow and visits.left_at is not null
    group by
        visits.stream,
        visits.stage
    having count(*) >= 100

)

select
    visits.stream,
    visits.item_id as subject,
    'in ' || visits.stage || ' from ' || visits.entered_on || ' to ' || visits.left_on || ', '
    || cast(floor(visits.seconds / 86400) as bigint) || ' days; 99 % stay '
    || cast(ceil(usual.stay_seconds / 86400) as bigint) || ' or less' as detail
from marts.visits
join usual
    on visits.stream = usual.stream
    and visits.stage = usual.stage
where
    visits.is_in_flow
    and visits.left_at is not null
    and visits.seconds > 10 * usual.stay_seconds
    and visits.seconds > 365 * 86400
