/*
title = "Instant"
grain = "one value: the UTC instant that an ISO 8601 text names, null where it names none"
*/
create or replace macro macros.instant(written, zone) as (
    case
        when not regexp_full_match(
            trim(written),
            '\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?)?'
        ) then null
        when try_cast(left(trim(written), 4) as integer) not between 1980 and 2099 then null
        when regexp_matches(trim(written), ':\d{2}.*(Z|UTC|[+-]\d{2}(:?\d{2})?)$')
            then timezone(
                'UTC',
                try_cast(replace(replace(replace(trim(written), ',', '.'), ' UTC', 'Z'), ' +', '+') as timestamptz)
            )
        else timezone('UTC', timezone(zone, try_cast(replace(trim(written), ',', '.') as timestamp)))
    end
);
