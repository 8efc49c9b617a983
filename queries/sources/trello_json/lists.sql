/*
title = "Lists of a Trello board"
grain = "one row per list, with its place on the board"
*/
with lists as (

    select unnest(cast(json_extract(documents.document, '$.lists') as json[])) as entry
    from raw.documents

)

select
    options.stream,
    json_extract_string(lists.entry, '$.id') as list_id,
    json_extract_string(lists.entry, '$.name') as name,
    cast(row_number() over (order by try_cast(json_extract_string(lists.entry, '$.pos') as double)) as integer) as position
from lists
cross join raw.options
