/*
title = "Without names"
grain = "one value: what stands where a date or a number should, in which nobody is named: no e-mail address, no words alone"
*/
create or replace macro macros.without_names(written) as (
    -- A cell that has slipped into another column may hold a name; a date or a number gone wrong has a digit.
    case
        when regexp_matches(written, '\d') then macros.without_addresses(written)
        when written is not null then '(words)'
    end
);
