/*
title = "Imports"
grain = "one row per file of an import"
replaced_by = ["file_name", "sha256"]
[columns]
import_id = "number of the import; a later import has a higher one"
stream = "value stream the row belongs to"
file_name = "name of the file, without its folder"
sha256 = "hash of the file's bytes"
format = "format it was read as"
event_is = "what an event's time means: entered, ended, interval or start-complete; null where the format says it"
time_zone = "zone given to times without one"
imported_at = "UTC instant of the import"
is_known = "true where the import before held the same file already"
notes = "what was assumed in reading it"
columns = "which column of the file was read as what"
rows_read = "records in the file"
rows_kept = "records used"
rows_set_aside = "records that could not be read; see set_aside"
rows_ignored = "records that say nothing new: exact duplicates, no change of state"
*/
create table canonical.imports (
    import_id integer not null,
    stream varchar not null,
    file_name varchar not null,
    sha256 varchar not null,
    format varchar not null,
    event_is varchar,
    time_zone varchar not null,
    imported_at timestamp not null,
    is_known boolean,
    notes varchar[],
    columns varchar,
    rows_read bigint not null,
    rows_kept bigint not null,
    rows_set_aside bigint not null,
    rows_ignored bigint not null
);
