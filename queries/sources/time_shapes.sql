/*
title = "How a file writes its times"
grain = "one row per column and shape: the text with every digit as 9"
*/
with trimmed as (

    select
        times.column_name,
        times.written,
        trim(times.written) as inner_text
    from raw.times as times

),

shaped as (

    select
        trimmed.column_name,
        trimmed.written,
        -- Most times are written so; the general way takes four times as long.
        case
            when regexp_full_match(trimmed.inner_text, '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(Z|\+00)?')
                then
                    '9999-99-99' || substr(trimmed.inner_text, 11, 1) || '99:99:99'
                    || replace(substr(trimmed.inner_text, 20), '+00', '+99')
            else translate(trimmed.inner_text, '0123456789', '9999999999')
        end as shape
    from trimmed
    where macros.present(trimmed.written) is not null

),

numbered as (

    -- Of 31/12/2024 the first two numbers: one above 12 is a day.
    select
        shaped.column_name,
        shaped.shape,
        shaped.written,
        case
            when shaped.shape not like '9999-%'
                then try_cast(regexp_extract(shaped.written, '^\s*(\d{1,2})[/.\-]', 1) as integer)
        end as first_number,
        case
            when shaped.shape not like '9999-%'
                then try_cast(regexp_extract(shaped.written, '^\s*\d{1,2}[/.\-](\d{1,2})[/.\-]', 1) as integer)
        end as second_number
    from shaped

)

select
    numbered.column_name,
    numbered.shape,
    cast(count(*) as bigint) as records,
    min(numbered.written) as example,
    cast(count(*) filter (where numbered.first_number > 12) as bigint) as first_is_day,
    cast(count(*) filter (where numbered.second_number > 12) as bigint) as second_is_day
from numbered
group by
    numbered.column_name,
    numbered.shape
order by records desc
limit 2000
