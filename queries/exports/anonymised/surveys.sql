/*
title = "Satisfaction surveys, anonymised"
grain = "one row per team and month"
*/
with told as (

    select
        exported.stand_in('stream', surveys.stream) as stream,
        exported.stand_in('team', surveys.team) as team,
        -- A first of the month moved by weeks would tell by how many: the first of the month it falls into.
        cast(date_trunc('month', surveys.survey_on + to_days(7 * options.weeks)) as date) as survey_on,
        surveys.answers_count,
        surveys.score_sum,
        surveys.asked_count
    from chosen.surveys
    cross join chosen.options
    -- Fewer answers are shown nowhere, and would be those of a person.
    where surveys.answers_count >= 5

)

-- In an order that says nothing of the original keys.
select * from told
order by
    told.survey_on,
    told.team
