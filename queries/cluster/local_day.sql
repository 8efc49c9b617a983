/*
title = "Local day, on a cluster"
grain = "one value, as macros.local_day"
*/
create or replace macro macros.local_day(instant_utc, zone) as (
    cast(from_utc_timestamp(instant_utc, zone) as date)
)
