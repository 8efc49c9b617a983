/*
title = "Records of our own layout: survey sums"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.team) as team,
        macros.present(records.survey_on) as written_survey_on,
        macros.local_day(macros.instant(records.survey_on, options.time_zone), options.time_zone) as survey_on,
        macros.present(records.answers_count) as written_count,
        try_cast(records.answers_count as bigint) as answers_count,
        macros.present(records.score_sum) as written_sum,
        try_cast(records.score_sum as double) as score_sum,
        macros.present(records.asked_count) as written_asked,
        try_cast(records.asked_count as bigint) as asked_count,
        options.expected_time
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        case
            when typed.team is null then 'team'
            when typed.survey_on is null then 'survey_on'
            when typed.answers_count is null or typed.answers_count < 1 then 'answers_count'
            when typed.score_sum is null then 'score_sum'
            when typed.written_asked is not null and coalesce(typed.asked_count < typed.answers_count, true)
                then 'asked_count'
        end as column_name
    from typed

),

shown as (

    select
        judged.*,
        case judged.column_name
            when 'survey_on' then judged.written_survey_on
            when 'answers_count' then judged.written_count
            when 'score_sum' then judged.written_sum
            when 'asked_count' then judged.written_asked
        end as value
    from judged

)

select
    shown.*,
    shown.team as subject,
    case when shown.column_name is null then 'kept' else 'set aside' end as fate,
    case
        when shown.column_name is null then null
        when shown.value is null then 'the cell is empty'
        when shown.column_name = 'survey_on' then 'not a date that can be read; expected ' || shown.expected_time
        when shown.column_name = 'answers_count' then 'not a number of answers'
        when shown.column_name = 'asked_count' then 'not a number of people asked, as many as answered or more'
        else 'not a number'
    end as reason
from shown
