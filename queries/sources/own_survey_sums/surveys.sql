/*
title = "Canonical rows: surveys"
grain = "one row per record"
*/
select
    parsed.stream,
    parsed.team,
    parsed.survey_on,
    parsed.answers_count,
    parsed.score_sum,
    parsed.asked_count
from reading.parsed
where parsed.fate = 'kept'
