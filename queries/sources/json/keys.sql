/*
title = "Keys of JSON documents"
grain = "one row per key of the records, and per key of an object in them; as dotted name and as JSON pointer"
*/
with tops as (

    select
        documents.record,
        documents.document,
        unnest(json_keys(documents.document)) as key,
        generate_subscripts(json_keys(documents.document), 1) as place
    from raw.every_document as documents
    where documents.shape is null

),

pointed as (

    select
        tops.*,
        '/' || replace(replace(tops.key, '~', '~0'), '/', '~1') as pointer
    from tops

),

inner_keys as (

    select
        pointed.place,
        pointed.key,
        pointed.pointer,
        unnest(json_keys(json_extract(pointed.document, pointed.pointer))) as inner_key
    from pointed
    where json_type(json_extract(pointed.document, pointed.pointer)) = 'OBJECT'

),

named as (

    select
        pointed.key as name,
        pointed.pointer,
        pointed.place
    from pointed
    union all
    select
        inner_keys.key || '.' || inner_keys.inner_key as name,
        inner_keys.pointer || '/' || replace(replace(inner_keys.inner_key, '~', '~0'), '/', '~1') as pointer,
        inner_keys.place
    from inner_keys

)

select
    named.name,
    named.pointer
from named
group by
    named.name,
    named.pointer
order by
    min(named.place),
    min(len(named.name)),
    named.name
limit 512
