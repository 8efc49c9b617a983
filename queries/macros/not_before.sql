/*
title = "Not before"
grain = "one value: an instant; a date without a time on the day of an earlier step counts as that step"
*/
create or replace macro macros.not_before(written, instant_utc, earlier_utc, zone) as (
    case
        when
            instant_utc < earlier_utc
            and regexp_full_match(trim(written), '\d{4}-\d{2}-\d{2}([T ]00:00(:00(\.0+)?)?)?')
            and macros.local_day(earlier_utc, zone) = try_cast(left(trim(written), 10) as date)
            then earlier_utc
        else instant_utc
    end
);
