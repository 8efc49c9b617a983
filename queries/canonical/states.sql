/*
title = "States"
grain = "one row per state that a stage collects"
replaced_by = ["stream"]
[columns]
stream = "value stream the row belongs to"
state = "state as the source writes it"
stage = "stage it belongs to"
*/
create table canonical.states (
    stream varchar not null,
    state varchar not null,
    stage varchar not null
);
