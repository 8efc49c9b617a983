/*
title = "What is wrong with a time"
grain = "one value: why a time can not be used, null where it can or where there is none"
*/
create or replace macro macros.time_fault(written, instant_utc, latest_at, expected) as (
    case
        when written is not null and instant_utc is null then 'not a date that can be read; expected ' || expected
        when instant_utc > latest_at then 'it lies in the future'
    end
);
