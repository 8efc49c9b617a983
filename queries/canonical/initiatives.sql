/*
title = "Initiatives"
grain = "one row per initiative of the plan"
replaced_by = ["stream"]
[columns]
stream = "value stream the row belongs to"
initiative_id = "key of the initiative"
name = "what it is called"
owner = "role that owns it"
stage = "stage aimed at"
metric = "metric it should move"
start_on = "first day"
due_on = "last day"
status = "planned, running, done or stopped"
*/
create table canonical.initiatives (
    stream varchar not null,
    initiative_id varchar not null,
    name varchar not null,
    owner varchar,
    stage varchar,
    metric varchar,
    start_on date,
    due_on date,
    status varchar not null
);
