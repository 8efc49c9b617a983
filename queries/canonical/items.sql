/*
title = "Items as the sources describe them"
grain = "one row per item and file that describes it"
replaced_by = ["stream", "item_id", "file_name"]
[columns]
stream = "value stream the row belongs to"
item_id = "key of the work item, unique within the stream"
file_name = "file that said so"
import_id = "import that said so; the newest wins, attribute by attribute"
title = "what the item is called"
type = "kind of work as the source names it"
team = "team that the item belongs to"
priority = "priority as the source names it"
labels = "labels or tags in alphabetical order, | between them; null if it has none"
parent_id = "key of the item that this one is part of"
points = "estimate, in whatever unit the team uses; null if it has none"
created_at = "UTC instant of creation; null where the source does not say"
started_at = "UTC instant of the start, where a source without history tells it"
finished_at = "UTC instant of the finish, where a source without history tells it"
cancelled_at = "UTC instant it was dropped, where a source without history tells it"
status = "state now, for items without history"
status_category = "backlog, in-progress, done or cancelled, as the state usually means or the source says; null if unknown"
first_seen_at = "UTC instant of the first record of any kind; null where only transitions are told"
last_seen_at = "UTC instant of the last record of any kind"
*/
create table canonical.items (
    stream varchar not null,
    item_id varchar not null,
    file_name varchar not null,
    import_id integer not null,
    title varchar,
    type varchar,
    team varchar,
    priority varchar,
    labels varchar,
    parent_id varchar,
    points double,
    created_at timestamp,
    started_at timestamp,
    finished_at timestamp,
    cancelled_at timestamp,
    status varchar,
    status_category varchar,
    first_seen_at timestamp,
    last_seen_at timestamp
);
