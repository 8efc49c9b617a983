/*
title = "Trello cards"
grain = "one row per card; the first eight digits of its id say when it was made"
*/
with cards as (

    select
        documents.record,
        options.stream,
        json_extract_string(documents.document, '$.id') as item_id,
        json_extract_string(documents.document, '$.name') as title,
        json_extract_string(documents.document, '$.idList') as status,
        json_extract_string(documents.document, '$.labels[0].name') as type,
        macros.labels(json_extract_string(documents.document, '$.labels')) as labels,
        make_timestamp(
            try_cast('0x' || left(json_extract_string(documents.document, '$.id'), 8) as bigint) * 1000000
        ) as created_at,
        coalesce(json_extract_string(documents.document, '$.isTemplate') = 'true', false) as is_template
    from raw.documents
    cross join raw.options

)

select
    cards.*,
    cards.item_id as subject,
    case
        when cards.created_at is null then 'set aside'
        when row_number() over (partition by cards.item_id order by cards.record) > 1 then 'ignored'
        else 'kept'
    end as fate,
    case
        when cards.created_at is null then 'the card has no id of Trello, which says when it was made'
        when row_number() over (partition by cards.item_id order by cards.record) > 1 then 'the same card as an earlier one'
        when cards.is_template then 'the card is a template'
    end as reason,
    case when cards.created_at is null then 'id' end as column_name,
    case when cards.created_at is null then cards.item_id end as value
from cards
