/*
title = "Mark of a text at a place, on a cluster"
grain = "one value, as macros.mark: another number, as good"
*/
create or replace macro macros.mark(words, place) as (
    cast(xxhash64(words, place) as decimal(38, 0))
)
