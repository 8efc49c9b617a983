/*
title = "Records of our own layout: surveys"
grain = "one row per record of the file"
*/
with typed as (

    select
        records.record,
        coalesce(macros.present(records.stream), options.stream) as stream,
        macros.present(records.team) as team,
        macros.present(records.answered_on) as written_answered_on,
        macros.local_day(macros.instant(records.answered_on, options.time_zone), options.time_zone) as answered_on,
        macros.present(records.score) as written_score,
        try_cast(records.score as double) as score,
        macros.present(records.asked_count) as written_asked,
        try_cast(records.asked_count as bigint) as asked_count,
        options.expected_time
    from raw.records
    cross join raw.options

),

judged as (

    select
        typed.*,
        typed.team as subject,
        case
            when typed.team is null then 'team'
            when typed.written_answered_on is null then 'answered_on'
            when typed.written_score is null then 'score'
            when typed.written_answered_on is not null and typed.answered_on is null then 'answered_on'
            when typed.written_score is not null and typed.score is null then 'score'
            when typed.written_asked is not null and typed.asked_count is null then 'asked_count'
        end as column_name,
        case
            when typed.team is null then 'the cell is empty'
            when typed.written_answered_on is null then 'the cell is empty'
            when typed.written_score is null then 'the cell is empty'
            when
                typed.written_answered_on is not null and typed.answered_on is null
                then 'not a date that can be read; expected ' || typed.expected_time
            when typed.written_score is not null and typed.score is null then 'not a number'
            when typed.written_asked is not null and typed.asked_count is null then 'not a number of people asked'
        end as reason,
        case
            when typed.written_answered_on is not null and typed.answered_on is null then typed.written_answered_on
            when typed.written_score is not null and typed.score is null then typed.written_score
            when typed.written_asked is not null and typed.asked_count is null then typed.written_asked
        end as value
    from typed

)

select
    judged.*,
    case when judged.reason is not null then 'set aside' else 'kept' end as fate
from judged
