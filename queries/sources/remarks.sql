/*
title = "Remarks on the records of a file"
grain = "one row per record that is not simply kept: its fate and why"
*/
with misshapen as (

    select
        records.record,
        case records.shape when 'blank' then 'ignored' else 'set aside' end as fate,
        cast(null as varchar) as stream,
        cast(null as varchar) as subject,
        cast(null as varchar) as column_name,
        cast(null as varchar) as value,
        case records.shape
            when 'blank' then 'no cell holds anything'
            when 'too many cells' then 'the record has more cells than the header'
            when 'too few cells' then 'the record has fewer cells than the header'
            when 'too long' then 'the record has more than a million characters'
            when 'not JSON' then 'the line is no JSON'
            else 'the record holds ' || records.shape
        end as reason
    from raw.misshapen as records

),

judged as (

    select
        parsed.record,
        parsed.fate,
        parsed.stream,
        parsed.subject,
        parsed.column_name,
        parsed.value,
        parsed.reason
    from reading.parsed
    where parsed.reason is not null

)

select
    remarks.record,
    lines.line_from + remarks.record - lines.record_from as line,
    remarks.fate,
    coalesce(remarks.stream, options.stream) as stream,
    macros.without_addresses(remarks.subject) as subject,
    coalesce(columns.column_name, remarks.column_name) as column_name,
    -- As the file writes it: the format's queries see times in ISO 8601.
    macros.without_names(
        left(coalesce(json_extract_string(to_json(texts), '/' || remarks.column_name), remarks.value), 200)
    ) as value,
    case
        when
            remarks.reason like 'not a date%'
            and regexp_full_match(trim(remarks.value), '(19[89]|20\d)\d-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?')
            and try_cast(trim(remarks.value) as timestamp) is not null
            then 'there is no such hour in ' || options.time_zone || ': the clocks skip it'
        else remarks.reason
    end as reason
from (
    select * from misshapen
    union all
    select * from judged
) as remarks
cross join raw.options
asof left join raw.lines
    on remarks.record >= lines.record_from
left join raw.columns
    on remarks.column_name = columns.role
left join raw.texts
    on remarks.record = texts.record
    and remarks.value is not null
