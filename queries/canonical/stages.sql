/*
title = "Stages"
grain = "one row per stage of a value stream"
replaced_by = ["stream"]
[columns]
stream = "value stream the row belongs to"
stage = "name of the stage"
position = "1 = first in the reference path"
category = "backlog, in-progress, done or cancelled"
mode = "active or wait"
activity = "VA, NNVA or NVA"
waste = "waste that its non-value-adding time is booked to when no rule decides"
team = "team that owns it"
wip_limit = "agreed limit of items in it"
is_compliance = "true for a step that a law or a standard demands"
is_automated = "true for a step that a program does"
confidence = "0 to 1 for a proposal; null where a person defined it"
reason = "why it was proposed so"
*/
create table canonical.stages (
    stream varchar not null,
    stage varchar not null,
    position integer not null,
    category varchar not null,
    mode varchar not null,
    activity varchar not null,
    waste varchar,
    team varchar,
    wip_limit integer,
    is_compliance boolean not null default false,
    is_automated boolean not null default false,
    confidence double,
    reason varchar,
    check (category in ('backlog', 'in-progress', 'done', 'cancelled')),
    check (mode in ('active', 'wait')),
    check (activity in ('VA', 'NNVA', 'NVA'))
);
