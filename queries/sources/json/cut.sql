/*
title = "How much more there is"
grain = "one row where a JSON answer says that it is a part of a longer one: the records that it states, null if unknown"
*/
with answers as (

    select
        try_cast(json_extract_string(roots.document, '$.total') as bigint) as total,
        coalesce(json_extract_string(roots.document, '$.isLast') = 'false', false)
        or json_extract_string(roots.document, '$.nextPageToken') is not null as has_more
    from raw.roots
    where json_type(roots.document) = 'OBJECT'
    qualify count(*) over () = 1

)

select answers.total
from answers
where
    answers.has_more
    or answers.total > (select count(*) from raw.every_document)
