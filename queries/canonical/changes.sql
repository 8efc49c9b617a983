/*
title = "Changes"
grain = "one row per commit or pull request"
replaced_by = ["stream", "change_id"]
[columns]
stream = "value stream the row belongs to"
change_id = "key of the change"
service = "what it changes"
authored_at = "UTC instant it was authored"
merged_at = "UTC instant it was merged"
deployment_id = "first deployment that contains it; null while there is none"
item_id = "work item it belongs to"
is_revert = "takes an earlier change back"
is_bot = "made by a program"
*/
create table canonical.changes (
    stream varchar not null,
    change_id varchar not null,
    service varchar,
    authored_at timestamp,
    merged_at timestamp,
    deployment_id varchar,
    item_id varchar,
    is_revert boolean,
    is_bot boolean
);
