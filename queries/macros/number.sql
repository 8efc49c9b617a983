/*
title = "Number"
grain = "one value: a number as people write it, with a decimal point or comma; null for what can be read in two ways"
*/
create or replace macro macros.number(written) as (
    case
        when regexp_full_match(trim(written), '-?\d{1,15}([.,]\d{1,2}|[.,]\d{4,9})?|-?0[.,]\d+')
            then try_cast(replace(trim(written), ',', '.') as double)
        -- In 1.234 the point may group thousands, unless nothing else is plausible.
        when regexp_full_match(trim(written), '-?\d{1,3}(,\d{3})+\.\d+') then try_cast(replace(trim(written), ',', '') as double)
    end
);
