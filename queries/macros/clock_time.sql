/*
title = "Time on a clock"
grain = "one value: the time that a text such as 2024-01-31 09:00:00 or 2024-01-31T09:00:00.5 tells, null for any other"
*/
create or replace macro macros.clock_time(written) as (
    case
        when
            strlen(written) between 19 and 29
            and (
                written like '____-__-__ __:__:__'
                or written like '____-__-__T__:__:__'
                or (
                    (written like '____-__-__ __:__:__.%' or written like '____-__-__T__:__:__.%')
                    and regexp_full_match(substr(written, 21), '\d{1,9}')
                )
            )
            and written between '1980' and '2100'
            -- The engine skips margins of the hour and of the whole.
            and not contains(substr(written, 12), ' ')
            then try_cast(written as timestamp)
    end
);
