/*
title = "Working seconds until an instant"
grain = "one value: working seconds from the calendar's beginning to an instant of the given calendar day"
*/
create or replace macro macros.worked_by(instant_utc, opens_at, closes_at, seconds_before) as (
    seconds_before + greatest(0, least(epoch(instant_utc), epoch(closes_at)) - epoch(opens_at))
);
