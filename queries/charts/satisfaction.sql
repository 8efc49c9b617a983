/*
title = "Team satisfaction"
question = "Do the teams fare well?"
grain = "one row per team and survey of the period"
[columns]
survey_on = "first day of the month of the answers"
team = "team that was asked"
answers = "how many answers"
score = "mean score; null below 5 answers"
response_ratio = "answers ÷ people who were asked; null where no source tells how many, or it tells fewer than answered"
*/
select
    surveys.survey_on,
    surveys.team,
    cast(surveys.answers_count as bigint) as answers,
    case when surveys.answers_count >= 5 then surveys.score_sum / surveys.answers_count end as score,
    case when surveys.asked_count >= surveys.answers_count then surveys.answers_count / surveys.asked_count end
        as response_ratio
from marts.surveys
where
    surveys.stream = $stream
    and surveys.survey_on >= $since
    and surveys.survey_on < $until
    and ($teams is null or list_contains($teams, surveys.team))
order by
    surveys.survey_on,
    surveys.team
