/*
title = "Rows of an ActionableAgile sheet"
grain = "one row per record: an item, and a date per stage that it entered"
*/
with dated as (

    select
        records.record,
        macros.present(records.item_id) as item_id,
        macros.present(records.title) as title,
        macros.present(records.type) as type,
        macros.present(records.team) as team,
        macros.present(records.priority) as priority,
        macros.labels(records.labels) as labels,
        options.stream,
        options.time_zone,
        options.expected_time,
        list_transform(records.cells, lambda cell: macros.present(cell)) as cells,
        list_transform(records.cells, lambda cell: macros.instant(cell, options.time_zone)) as entries,
        row_number() over (partition by macros.present(records.item_id) order by records.record) as copy_no
    from raw.records
    cross join raw.options

),

checked as (

    select
        dated.*,
        list_position(
            list_transform(
                list_zip(dated.cells, dated.entries), lambda pair: pair[1] is not null and pair[2] is null
            ),
            true
        ) as bad_cell
    from dated

)

select
    checked.record,
    case
        when checked.item_id is null or checked.bad_cell is not null then 'set aside'
        when checked.copy_no > 1 then 'set aside'
        when len(list_filter(checked.entries, lambda entry: entry is not null)) = 0 then 'set aside'
        else 'kept'
    end as fate,
    case
        when checked.item_id is null then 'no item: the cell is empty'
        when checked.bad_cell is not null
            then 'not a date that can be read; expected ' || checked.expected_time
        when checked.copy_no > 1 then 'this item stands in an earlier record'
        when len(list_filter(checked.entries, lambda entry: entry is not null)) = 0 then 'no date in any stage'
    end as reason,
    case
        when checked.item_id is null or checked.copy_no > 1 then 'item_id'
        when checked.bad_cell is not null then cell_names.state
    end as column_name,
    case
        when checked.copy_no > 1 then checked.item_id
        when checked.bad_cell is not null then checked.cells[checked.bad_cell]
    end as value,
    checked.stream,
    checked.item_id as subject,
    checked.item_id,
    checked.title,
    checked.type,
    checked.team,
    checked.priority,
    checked.labels,
    checked.entries
from checked
left join raw.cell_names
    on checked.bad_cell = cell_names.position
