/*
title = "Blocked intervals"
grain = "one row per time that an item was flagged as blocked"
replaced_by = ["stream", "item_id"]
replaced_since = "blocked_at" # as a newer history may begin later than the one known
[columns]
stream = "value stream the row belongs to"
item_id = "key of the work item"
blocked_at = "UTC instant the flag was set"
unblocked_at = "UTC instant it was cleared; null while it is set"
reason = "why, as the source says"
*/
create table canonical.blocked (
    stream varchar not null,
    item_id varchar not null,
    blocked_at timestamp not null,
    unblocked_at timestamp,
    reason varchar
);
