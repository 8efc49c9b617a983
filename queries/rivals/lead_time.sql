/*
title = "Lead time, 85th percentile per week"
question = "metrics.lead_time"
grain = "one row per week with a finished item; SQLite's dialect, percentile interpolated as quantile_cont does"
*/
with finished as (

    select
        date(items.finished_on, '-6 days', 'weekday 1') as period_start,
        items.lead_seconds / 86400 as days
    from items
    where
        items.finished_on is not null
        and items.finished_on >= :since
        and (:team is null or items.team = :team)

),

ranked as (

    select
        finished.period_start,
        finished.days,
        row_number() over (partition by finished.period_start order by finished.days) - 1 as place,
        (count(*) over (partition by finished.period_start) - 1) * 0.85 as wanted
    from finished

)

select
    ranked.period_start,
    max(case when ranked.place = cast(ranked.wanted as integer) then ranked.days end)
    + (max(ranked.wanted) - cast(max(ranked.wanted) as integer))
    * coalesce(
        max(case when ranked.place = cast(ranked.wanted as integer) + 1 then ranked.days end)
        - max(case when ranked.place = cast(ranked.wanted as integer) then ranked.days end), 0
    ) as value
from ranked
group by ranked.period_start
order by ranked.period_start
