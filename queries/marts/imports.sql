/*
title = "Imports"
grain = "one row per file"
[columns]
import_id = "number of the import"
stream = "value stream"
file_name = "name of the file"
format = "format it was read as"
event_is = "what an event's time means"
time_zone = "zone given to times without one"
imported_at = "UTC instant of the import"
notes = "what was assumed in reading it"
columns = "which column of the file was read as what"
rows_read = "records in the file"
rows_kept = "records used"
rows_set_aside = "records that could not be read"
rows_ignored = "records that say nothing new"
*/
select
    imports.import_id,
    imports.stream,
    imports.file_name,
    imports.format,
    imports.event_is,
    imports.time_zone,
    imports.imported_at,
    array_to_string(imports.notes, '; ') as notes,
    imports.columns,
    imports.rows_read,
    imports.rows_kept,
    imports.rows_set_aside,
    imports.rows_ignored
from canonical.imports
order by
    imports.import_id,
    imports.file_name
