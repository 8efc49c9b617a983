/*
title = "Records of our own layout: survey sums"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.team) as team,
        cast(macros.instant(records.survey_on, options.time_zone) as date) as survey_on,
        try_cast(records.answers_count as bigint) as answers_count,
        try_cast(records.score_sum as double) as score_sum
    from raw.records
    cross join raw.options

)

select
    typed.*,
    typed.team as subject,
    case
        when typed.team is null then 'team'
        when typed.survey_on is null then 'survey_on'
        when typed.answers_count is null then 'answers_count'
        when typed.score_sum is null then 'score_sum'
    end as column_name,
    cast(null as varchar) as value,
    case
        when typed.team is null or typed.survey_on is null or typed.answers_count is null or typed.score_sum is null
            then 'the cell is empty or can not be read'
    end as reason,
    case
        when typed.team is null or typed.survey_on is null or typed.answers_count is null or typed.score_sum is null
            then 'set aside'
        else 'kept'
    end as fate
from typed
