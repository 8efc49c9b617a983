/*
title = "Mark of a text at a place"
grain = "one value: a number of 64 bits; sums of them tell sequences apart, where texts would take ten times the memory"
*/
create or replace macro macros.mark(words, place) as (hash(words, place));
