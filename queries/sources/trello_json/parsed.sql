/*
title = "Cards and actions of a Trello board"
grain = "one row per card and per action"
*/
with cards as (

    select
        documents.document,
        unnest(cast(json_extract(documents.document, '$.cards') as json[])) as card
    from raw.documents

),

actions as (

    select unnest(cast(json_extract(documents.document, '$.actions') as json[])) as action
    from raw.documents

),

together as (

    select
        'card' as kind,
        cards.card as entry,
        json_extract_string(cards.card, '$.id') as item_id,
        json_extract_string(cards.card, '$.dateLastActivity') as written_at
    from cards
    union all
    select
        json_extract_string(actions.action, '$.type') as kind,
        actions.action as entry,
        json_extract_string(actions.action, '$.data.card.id') as item_id,
        json_extract_string(actions.action, '$.date') as written_at
    from actions

),

typed as (

    select
        row_number() over () as record,
        options.stream,
        together.*,
        macros.instant(together.written_at, options.time_zone) as occurred_at,
        json_extract_string(together.entry, '$.data.listBefore.name') as from_state,
        coalesce(
            json_extract_string(together.entry, '$.data.listAfter.name'), json_extract_string(together.entry, '$.data.list.name')
        ) as to_state,
        json_extract_string(together.entry, '$.data.card.closed') as closed,
        macros.pseudonym(json_extract_string(together.entry, '$.idMemberCreator'), options.people_key) as person
    from together
    cross join raw.options

),

placed as (

    select
        typed.*,
        typed.kind in ('createCard', 'copyCard', 'emailCard', 'convertToCardFromCheckItem')
        or (typed.kind = 'updateCard' and typed.from_state is not null)
        or (typed.kind = 'updateCard' and typed.closed is not null)
        or typed.kind = 'card' as is_used,
        typed.kind = 'updateCard' and typed.closed is not null as is_archiving
    from typed

)

select
    placed.*,
    placed.item_id as subject,
    case
        when placed.item_id is null and placed.is_used then 'set aside'
        when placed.kind <> 'card' and placed.occurred_at is null then 'set aside'
        when placed.is_used then 'kept'
        else 'ignored'
    end as fate,
    case
        when placed.item_id is null and placed.kind = 'card' then 'the card has no id'
        when placed.item_id is null and placed.is_used then 'the action names no card'
        when placed.kind <> 'card' and placed.occurred_at is null
            then 'not a date that can be read; expected ISO 8601, such as 2024-05-31T14:30:00Z'
        when not placed.is_used then 'an action that moves no card'
    end as reason,
    case
        when placed.item_id is null and placed.kind = 'card' then 'id'
        when placed.item_id is null and placed.is_used then 'data.card.id'
        when placed.kind <> 'card' and placed.occurred_at is null then 'date'
    end as column_name,
    case
        when (placed.item_id is not null or not placed.is_used) and placed.kind <> 'card' and placed.occurred_at is null
            then placed.written_at
    end as value
from placed
