/*
title = "Targets"
grain = "one row per target of the plan"
replaced_by = ["stream"]
[columns]
stream = "value stream the row belongs to"
target_id = "key of the target"
objective = "what it serves"
metric = "metric of the catalogue"
value = "to be reached, in the metric's unit"
due_on = "by when"
*/
create table canonical.targets (
    stream varchar not null,
    target_id varchar not null,
    objective varchar,
    metric varchar not null,
    value double not null,
    due_on date not null
);
