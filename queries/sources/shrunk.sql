/*
title = "Files that became much smaller"
grain = "one row per file with less than half of the records that its last import used"
*/
with used as (

    select
        imports.file_name,
        max(imports.rows_kept) as records
    from incoming.imports
    group by imports.file_name

),

known as (

    select
        imports.file_name,
        arg_max(imports.rows_kept, imports.import_id) as records
    from known.imports
    where imports.stream in (select incoming_imports.stream from incoming.imports as incoming_imports)
    group by imports.file_name

)

select
    used.file_name,
    used.records,
    known.records as known_records
from used
join known
    on used.file_name = known.file_name
where used.records < known.records / 2
