/*
title = "States as the source describes them"
grain = "one row per state that a file describes"
replaced_by = ["stream", "state"]
[columns]
stream = "value stream the row belongs to"
state = "state"
category = "backlog, in-progress, done or cancelled by the source's own word; null if it has none"
position = "the source's own order; null if it has none"
*/
create table canonical.source_states (
    stream varchar not null,
    state varchar not null,
    category varchar,
    position integer
);
