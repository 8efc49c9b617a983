/*
title = "JSON documents"
grain = "one row per record: the values of the file, or those of the list that its only object holds"
*/
with whole as (

    select
        roots.record,
        roots.document,
        json_type(roots.document) = 'OBJECT' and count(*) over () = 1 as is_wrapper
    from raw.roots

),

lists as (

    select
        unnest(json_keys(whole.document)) as key,
        whole.document
    from whole
    where whole.is_wrapper and not coalesce(json_exists(whole.document, '$.actions'), false)

),

longest as (

    select json_extract(lists.document, '/' || replace(replace(lists.key, '~', '~0'), '/', '~1')) as records
    from lists
    where
        json_type(json_extract(lists.document, '/' || replace(replace(lists.key, '~', '~0'), '/', '~1'))) = 'ARRAY'
        and json_type(
            json_extract(lists.document, '/' || replace(replace(lists.key, '~', '~0'), '/', '~1') || '/0')
        ) = 'OBJECT'
    order by json_array_length(records) desc
    limit 1

),

documents as (

    select unnest(cast(longest.records as json[])) as document
    from longest
    union all
    select whole.document
    from whole
    where not (select count(*) from longest) > 0

)

select
    row_number() over () as record,
    documents.document,
    case
        when json_type(documents.document) <> 'OBJECT' then 'not a JSON object'
        when len(json_keys(documents.document)) <> len(list_distinct(json_keys(documents.document)))
            then 'a key that stands twice'
        when
            list_has_any(
                list_transform(
                    json_keys(documents.document),
                    lambda key: cast(
                        json_extract(documents.document, '/' || replace(replace(key, '~', '~0'), '/', '~1')) as varchar
                    )
                ),
                ['NaN', 'Infinity', '-Infinity']
            )
            then 'a number that is none (NaN or Infinity)'
    end as shape
from documents
