/*
title = "States a zone"
grain = "one value: true where an ISO 8601 text says how far from UTC it is, or counts seconds since 1970"
*/
create or replace macro macros.has_zone(written) as (
    regexp_matches(trim(written), ':\d{2}.*(Z|UTC|[+-]\d{2}(:?\d{2})?)$')
    or regexp_full_match(trim(written), '\d{10}(\.\d{1,9})?|\d{13}')
);
