/*
title = "Records with their number in the file"
grain = "one row per record that was read; those that were refused are counted too"
*/
with refused as (

    select distinct rejects.line - 1 as record
    from raw.rejects

),

thresholds as (

    -- The k-th refused record stands behind this many that were read.
    select refused.record - row_number() over (order by refused.record) as records_before
    from refused

)

select
    file.* replace (
        file.record + (select count(*) from thresholds where thresholds.records_before < file.record) as record
    )
from raw.file
