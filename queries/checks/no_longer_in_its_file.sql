/*
title = "Item that the newest version of its file does not hold"
severity = "note"
why = "An earlier export of the file told it; it keeps what was known, and stays in progress if it was. It may have been deleted, moved, or filtered out."
remedy = "If it is gone, import the file with --fresh; if the export was narrower this time, export all of it."
*/
with newest as (

    select
        imports.stream,
        imports.file_name,
        max(imports.import_id) as import_id
    from canonical.imports
    group by
        imports.stream,
        imports.file_name

)

select
    items.stream,
    items.item_id as subject,
    'last in ' || items.file_name || ' of import ' || items.import_id as detail
from canonical.items
join newest
    on items.stream = newest.stream
    and items.file_name = newest.file_name
    and items.import_id < newest.import_id
