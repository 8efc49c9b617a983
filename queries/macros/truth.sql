/*
title = "Truth"
grain = "one value: true or false as people write it, null for anything else"
*/
create or replace macro macros.truth(written) as (
    case
        when lower(trim(written)) in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim(written)) in ('false', 'f', 'no', 'n', '0') then false
    end
);
