/*
title = "Transitions"
grain = "one row per move of an item into a state"
replaced_by = ["stream", "item_id"]
replaced_since = "occurred_at" # a newer history may begin later than the one known
[columns]
stream = "value stream the row belongs to"
item_id = "key of the work item"
seq = "order of the source among events of one instant"
occurred_at = "UTC instant of the move"
from_state = "state that was left; null where the source does not say"
to_state = "state that was entered"
team = "team that owns the item from then on; null if not known"
person = "pseudonym of whoever works on it from then on; null if not known"
*/
create table canonical.transitions (
    stream varchar not null,
    item_id varchar not null,
    seq bigint not null,
    occurred_at timestamp not null,
    from_state varchar,
    to_state varchar not null,
    team varchar,
    person varchar
);
