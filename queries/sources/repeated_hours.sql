/*
title = "Times in an hour that the clocks repeat"
grain = "one row: how many times without a zone lie in an hour that comes twice"
*/
with written as (

    select try_cast(trim(dated.written) as timestamp) as local_at
    from raw.dated
    where
        substr(trim(dated.written), 6, 2) in ('03', '04', '09', '10', '11')
        and regexp_full_match(trim(dated.written), '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?')

),

-- Clocks change at a quarter of an hour, so what holds for its beginning holds for all of it.
quarters as (

    select
        time_bucket(interval 15 minute, written.local_at) as local_at,
        count(*) as times
    from written
    where written.local_at is not null
    group by time_bucket(interval 15 minute, written.local_at)

)

select cast(coalesce(sum(quarters.times), 0) as bigint) as times_twice
from quarters
cross join raw.options
-- An hour earlier and later are both an hour away on the clock only where the clock runs without a change.
where
    timezone(options.time_zone, date_add(timezone(options.time_zone, quarters.local_at), interval 1 hour))
    = quarters.local_at
    or timezone(options.time_zone, date_add(timezone(options.time_zone, quarters.local_at), -interval 1 hour))
    = quarters.local_at
