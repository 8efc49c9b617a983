/*
title = "Other names of items"
grain = "one row per number that a tool gives an item beside its key"
replaced_by = ["stream", "alias"]
[columns]
stream = "value stream the row belongs to"
alias = "the number; other files of the tool may name the item by it"
item_id = "key of the work item"
*/
create table canonical.aliases (
    stream varchar not null,
    alias varchar not null,
    item_id varchar not null
);
