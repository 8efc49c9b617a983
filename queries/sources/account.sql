/*
title = "Account of a file"
grain = "one row per stream, fate, column and reason of the records of the file being read"
*/
with fates as (

    select
        parsed.stream,
        'kept' as fate,
        cast(null as varchar) as column_name,
        cast(null as varchar) as reason,
        cast(count(*) as bigint) as records,
        cast([] as varchar[]) as examples
    from reading.parsed
    where parsed.reason is null
    group by parsed.stream
    union all
    select
        remarks.stream,
        remarks.fate,
        remarks.column_name,
        remarks.reason,
        cast(count(*) as bigint) as records,
        list(
            'line ' || remarks.line || coalesce(' (' || remarks.subject || ')', '')
            || coalesce(': ''' || left(remarks.value, 60) || '''', '')
            order by remarks.record
        )[:4] as examples
    from reading.remarks
    group by
        remarks.stream,
        remarks.fate,
        remarks.column_name,
        remarks.reason

)

select
    fates.stream,
    options.file_name,
    fates.fate,
    fates.column_name,
    fates.reason,
    fates.records,
    fates.examples
from fates
cross join raw.options
where fates.records > 0
order by
    fates.fate,
    fates.records desc
