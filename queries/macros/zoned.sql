/*
title = "Instant of a clock in a zone"
grain = "one value: the UTC instant at which the clocks of a zone show a time; null for an hour that they skip"
*/
create or replace macro macros.zoned(clock_time, zone) as (
    case
        -- In spring an hour does not exist: what claims to lie in it comes back as another time.
        when timezone(zone, timezone(zone, clock_time)) = clock_time
            then make_timestamp(epoch_us(timezone(zone, clock_time)))
    end
);
