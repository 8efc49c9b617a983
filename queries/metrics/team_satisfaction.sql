/*
title = "Team satisfaction"
unit = "score"
better = "higher"
definition = "Mean score of the surveys; those in which a team gave fewer than 5 answers are left out."
formula = "Σ scores ÷ Σ answers over surveys of the period in which a team gave 5 answers or more"
source = "Forsgren et al., The SPACE of Developer Productivity, 2021"
grain = "one row per period; value is null where no survey has 5 answers of one team; items counts the answers"
*/
with answered as (

    select
        periods.period_start,
        surveys.team,
        sum(surveys.answers_count) as answers_count,
        sum(surveys.score_sum) as score_sum
    from macros.period_days($stream, $since, $until, $period) as periods
    join marts.surveys
        on surveys.stream = $stream
        and surveys.survey_on = periods.day
        -- Of each survey: a longer period must not tell what a shorter one keeps.
        and surveys.answers_count >= 5
        and ($teams is null or list_contains($teams, surveys.team))
    group by
        periods.period_start,
        surveys.team

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
