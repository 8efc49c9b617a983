/*
title = "Fates of the records"
grain = "one row per file, fate, column and reason"
replaced_by = ["stream", "file_name"]
replaced_with = "imports"
[columns]
stream = "value stream the row belongs to"
file_name = "file"
fate = "kept, set aside or ignored"
column_name = "column at fault, as the file names it"
reason = "why; for kept, what is doubtful; null for kept without a doubt"
records = "how many"
examples = "where the first of them stand"
*/
create table canonical.fates (
    stream varchar not null,
    file_name varchar not null,
    fate varchar not null,
    column_name varchar,
    reason varchar,
    records bigint not null,
    examples varchar[]
);
