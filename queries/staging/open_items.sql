/*
title = "Items open at once"
grain = "one row per person and instant at which an item becomes theirs or stops being so"
[columns]
person_no = "the person"
occurred_at = "UTC instant"
until_at = "UTC instant of the person's next row; null for the last one"
open_count = "items open for the person from then on"
shared_seconds = "elapsed seconds until then, each counted (k - 1) / k with k items open"
shared_working_seconds = "the same by the working calendar"
*/
with instants as (

    select
        active.person_no,
        active.occurred_at,
        max(active.worked_by) as worked_by,
        sum(active.change) as change
    from staging.active
    group by
        active.person_no,
        active.occurred_at

),

counted as (

    select
        instants.person_no,
        instants.occurred_at,
        lead(instants.occurred_at) over person_history as until_at,
        sum(instants.change) over person_history as open_count,
        epoch(lead(instants.occurred_at) over person_history) - epoch(instants.occurred_at) as seconds,
        lead(instants.worked_by) over person_history - instants.worked_by as working_seconds
    from instants
    window person_history as (partition by instants.person_no order by instants.occurred_at)

),

weighed as (

    select
        counted.person_no,
        counted.occurred_at,
        counted.until_at,
        counted.open_count,
        counted.seconds,
        counted.working_seconds,
        case
            when counted.open_count > 1 then cast(counted.open_count - 1 as double) / cast(counted.open_count as double)
            else 0
        end as shared_ratio
    from counted

)

select
    weighed.person_no,
    weighed.occurred_at,
    weighed.until_at,
    cast(weighed.open_count as integer) as open_count,
    coalesce(sum(cast(weighed.seconds * weighed.shared_ratio as double)) over before_it, 0) as shared_seconds,
    coalesce(sum(cast(weighed.working_seconds * weighed.shared_ratio as double)) over before_it, 0)
        as shared_working_seconds
from weighed
window before_it as (
    partition by weighed.person_no
    order by weighed.occurred_at
    rows between unbounded preceding and 1 preceding
)
