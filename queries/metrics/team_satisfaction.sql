/*
title = "Team satisfaction"
unit = "score"
better = "higher"
definition = "Mean score of the surveys; teams with fewer than 5 answers are left out."
formula = "Σ scores ÷ Σ answers over surveys of the period, teams with 5 answers or more"
source = "Forsgren et al., The SPACE of Developer Productivity, 2021"
grain = "one row per period; value is null where no team answered 5 times; items counts the answers"
*/
with answered as (

    select
        periods.period_start,
        surveys.team,
        sum(surveys.answers_count) as answers_count,
        sum(surveys.score_sum) as score_sum
    from macros.periods($stream, $since, $until, $period) as periods
    join marts.surveys
        on surveys.stream = $stream
        and surveys.survey_on >= periods.period_start
        and surveys.survey_on < periods.period_end
        and ($teams is null or list_contains($teams, surveys.team))
    group by
        periods.period_start,
        surveys.team
    having sum(surveys.answers_count) >= 5

)

select
    periods.period_start,
    sum(answered.score_sum) / nullif(sum(answered.answers_count), 0) as value,
    cast(coalesce(sum(answered.answers_count), 0) as bigint) as items
from macros.periods($stream, $since, $until, $period) as periods
left join answered
    on periods.period_start = answered.period_start
group by periods.period_start
order by periods.period_start
