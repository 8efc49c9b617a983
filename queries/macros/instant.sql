/*
title = "Instant"
grain = "one value: the UTC instant that an ISO 8601 text or a number of seconds since 1970 names, null where none is named"
*/
create or replace macro macros.instant(written, zone) as (
    -- Most times are written in one of the first ways, which need none of the patterns of the last.
    coalesce(
        case
            when
                (strlen(written) = 20 and ends_with(written, 'Z'))
                or (strlen(written) = 22 and ends_with(written, '+00'))
                or (strlen(written) = 27 and ends_with(written, '.000000Z'))
                then macros.clock_time(left(written, 19))
            when substr(written, 20, 1) = '.' and ends_with(written, 'Z')
                then macros.clock_time(left(written, strlen(written) - 1))
            when substr(written, 20, 1) = '.' and ends_with(written, '+00')
                then macros.clock_time(left(written, strlen(written) - 3))
        end,
        case
            when zone = 'UTC' then macros.clock_time(written)
            else macros.zoned(macros.clock_time(written), zone)
        end,
        case
            when left(trim(written), 4) between '1980' and '2099' and substr(trim(written), 5, 1) = '-'
                then case
                    when
                        regexp_full_match(
                            trim(written),
                            '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?UTC|Z|[+-]\d{2}(:?\d{2})?)'
                        )
                        then make_timestamp(epoch_us(try_cast(replace(trim(written), ' UTC', 'Z') as timestamptz)))
                    when
                        regexp_full_match(trim(written), '\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?')
                        then macros.zoned(try_cast(trim(written) as timestamp), zone)
                end
            when regexp_full_match(trim(written), '\d{10}(\.\d{1,9})?|\d{13}')
                then make_timestamp(
                    cast(
                        case
                            when len(trim(written)) = 13 and position('.' in trim(written)) = 0
                                then try_cast(trim(written) as bigint) * 1000
                            else try_cast(trim(written) as double) * 1000000
                        end as bigint
                    )
                )
        end
    )
);
