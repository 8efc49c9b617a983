/*
title = "Without addresses"
grain = "one value: a text in which no e-mail address stands"
*/
create or replace macro macros.without_addresses(written) as (
    regexp_replace(written, '[^\s<>"]+@[^\s<>"]+\.[^\s<>"]+', '(address)', 'g')
);
