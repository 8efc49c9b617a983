/*
title = "Rows set aside"
grain = "one row per record that could not be used"
replaced_by = ["stream", "file_name"]
replaced_with = "imports"
[columns]
stream = "value stream the row belongs to"
file_name = "file it stands in"
record = "its number in the file; the header is record 0"
column_name = "column at fault, as the file names it"
value = "what stands there"
reason = "what was expected"
*/
create table canonical.set_aside (
    stream varchar not null,
    file_name varchar not null,
    record bigint not null,
    column_name varchar,
    value varchar,
    reason varchar not null
);
