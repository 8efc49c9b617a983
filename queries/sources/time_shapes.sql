/*
title = "How a file writes its times"
grain = "one row per column and shape: the text with every digit as 9"
*/
select
    times.column_name,
    translate(trim(times.written), '0123456789', '9999999999') as shape,
    cast(count(*) as bigint) as records,
    min(times.written) as example,
    -- Of 31/12/2024 the first two numbers: one above 12 is a day.
    cast(count(*) filter (
        where try_cast(regexp_extract(times.written, '^\s*(\d{1,2})[/.\-]', 1) as integer) > 12
    ) as bigint) as first_is_day,
    cast(count(*) filter (
        where try_cast(regexp_extract(times.written, '^\s*\d{1,2}[/.\-](\d{1,2})[/.\-]', 1) as integer) > 12
    ) as bigint) as second_is_day
from raw.times as times
where macros.present(times.written) is not null
group by all
order by records desc
limit 2000
