/*
title = "A number between 0 and 1"
grain = "one value; the same for the same seed, item and question"
*/
create or replace macro synthetic.drawn(seed, item, question) as (
    (hash(seed, item, question) % 1000003 + 0.5) / 1000003.0
)
