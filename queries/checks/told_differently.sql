/*
title = "Two files of one import tell different things of an item"
severity = "warning"
why = "Both are as new as each other: the figures take the one whose file name comes last."
remedy = "Import the older file first, then the newer one, or leave the older out."
*/
with several as (

    select
        items.stream,
        items.item_id,
        items.import_id
    from canonical.items
    group by
        items.stream,
        items.item_id,
        items.import_id
    having min(items.file_name) <> max(items.file_name)

)

select
    items.stream,
    items.item_id as subject,
    case
        when count(distinct items.finished_at) > 1 then 'another finish'
        when count(distinct items.status) > 1 then 'another state: ' || min(items.status) || ', ' || max(items.status)
        when count(distinct items.type) > 1 then 'another type: ' || min(items.type) || ', ' || max(items.type)
        else 'another title'
    end
    || ' in ' || min(items.file_name) || ' than in ' || max(items.file_name) as detail
from canonical.items
semi join several
    on items.stream = several.stream
    and items.item_id = several.item_id
    and items.import_id = several.import_id
group by
    items.stream,
    items.item_id,
    items.import_id
having
    count(distinct items.finished_at) > 1
    or count(distinct items.status) > 1
    or count(distinct items.type) > 1
    or count(distinct items.title) > 1
