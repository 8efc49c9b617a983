/*
title = "Rows kept with a doubt"
grain = "one row per record that was used although something in it is doubtful"
replaced_by = ["stream", "file_name"]
replaced_with = "imports"
[columns]
stream = "value stream the row belongs to"
file_name = "file it stands in"
record = "its number in the file; 1 = the first after the header"
line = "physical line on which it begins; the header is line 1"
subject = "key of the item, deployment or change, where it has one"
column_name = "column at fault, as the file names it"
value = "what stands there"
reason = "what is doubtful"
*/
create table canonical.doubts (
    stream varchar not null,
    file_name varchar not null,
    record bigint not null,
    line bigint,
    subject varchar,
    column_name varchar,
    value varchar,
    reason varchar not null
);
