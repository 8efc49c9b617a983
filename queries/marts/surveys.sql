/*
title = "Surveys"
grain = "one row per team and month of answers"
[columns]
stream = "value stream"
team = "team that was asked"
survey_on = "first day of the month"
answers_count = "answers"
score_sum = "sum of the scores"
asked_count = "people who were asked; null where no source tells"
*/
select
    surveys.stream,
    surveys.team,
    surveys.survey_on,
    surveys.answers_count,
    surveys.score_sum,
    surveys.asked_count
from canonical.surveys
