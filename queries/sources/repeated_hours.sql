/*
title = "Times in an hour that the clocks repeat"
grain = "one row: how many times without a zone lie in an hour that comes twice"
*/
with written as (

    select try_cast(trim(dated.written) as timestamp) as local_at
    from raw.dated
    where
        regexp_full_match(trim(dated.written), '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?')
        and month(try_cast(trim(dated.written) as timestamp)) in (3, 4, 9, 10, 11)

)

select cast(count(*) as bigint) as times_twice
from written
cross join raw.options
-- An hour earlier and later are both an hour away on the clock only where the clock runs without a change.
where
    timezone(options.time_zone, date_add(timezone(options.time_zone, written.local_at), interval 1 hour)) = written.local_at
    or timezone(options.time_zone, date_add(timezone(options.time_zone, written.local_at), -interval 1 hour))
    = written.local_at
