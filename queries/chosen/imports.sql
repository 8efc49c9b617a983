/*
title = "Files of the streams that others are chosen from"
grain = "one row per file and stream, those of the chosen streams too"
*/
with sources as (

    select distinct
        rules.stream,
        rules.of_stream
    from choosing.rules
    where rules.kind <> 'forgotten'

)

select imports.*
from canonical.imports
anti join choosing.rules
    on imports.stream = rules.stream
union all
select imports.* replace (sources.stream as stream)
from canonical.imports
join sources
    on imports.stream = sources.of_stream
