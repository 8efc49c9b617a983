/*
title = "A number of the standard normal distribution"
grain = "one value by Box and Muller; the same for the same seed, item and question"
*/
create or replace macro synthetic.normal(seed, item, question) as (
    sqrt(-2 * ln(synthetic.drawn(seed, item, question))) * cos(2 * pi() * synthetic.drawn(seed, question, item))
)
