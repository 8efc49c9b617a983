/*
title = "Local day"
grain = "one value: the day of a UTC instant in a time zone"
*/
create or replace macro macros.local_day(instant_utc, zone) as (
    cast(timezone(zone, make_timestamptz(epoch_us(instant_utc))) as date)
);
