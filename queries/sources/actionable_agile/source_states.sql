/*
title = "States in the order of the columns"
grain = "one row per stage column"
*/
select
    options.stream,
    cell_names.state,
    cast(null as varchar) as category,
    cell_names.position
from raw.cell_names
cross join raw.options
