/*
title = "UTC instant of a clock, on a cluster"
grain = "one value, as macros.clock_utc"
*/
create or replace macro macros.clock_utc(clock_time, zone) as (
    to_utc_timestamp(clock_time, zone)
)
