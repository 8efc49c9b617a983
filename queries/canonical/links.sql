/*
title = "Links"
grain = "one row per link between two things"
replaced_by = ["stream", "kind", "from_id"]
[columns]
stream = "value stream the row belongs to"
kind = "deployed (item to deployment), blocks (item to item), parent (item to item)"
from_id = "key of the one"
to_id = "key of the other"
*/
create table canonical.links (
    stream varchar not null,
    kind varchar not null,
    from_id varchar not null,
    to_id varchar not null
);
