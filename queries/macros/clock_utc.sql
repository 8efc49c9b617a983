/*
title = "UTC instant of a clock"
grain = "one value: when the clocks of a zone show a time; for an hour that they skip, the one after it"
*/
create or replace macro macros.clock_utc(clock_time, zone) as (
    make_timestamp(epoch_us(timezone(zone, clock_time)))
);
