/*
title = "Canonical rows: surveys"
grain = "one row per team and month"
*/
select
    parsed.stream,
    parsed.team,
    cast(date_trunc('month', parsed.answered_on) as date) as survey_on,
    cast(count(*) as bigint) as answers_count,
    sum(parsed.score) as score_sum,
    case when max(parsed.asked_count) >= count(*) then max(parsed.asked_count) end as asked_count
from reading.parsed
where parsed.fate = 'kept'
group by
    parsed.stream,
    parsed.team,
    date_trunc('month', parsed.answered_on)
