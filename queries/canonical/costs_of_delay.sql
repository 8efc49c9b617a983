/*
title = "Costs of delay by type"
grain = "one row per value stream and type of item that has a cost of its own"
replaced_by = ["stream", "type"]
[columns]
stream = "value stream the row belongs to"
type = "type of item"
cost_per_day = "money per item of the type and day"
*/
create table canonical.costs_of_delay (
    stream varchar not null,
    type varchar not null,
    cost_per_day double not null
);
