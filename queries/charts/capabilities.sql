/*
title = "What the data tell"
question = "Which kinds of facts are in the data, and from which files?"
grain = "one row per kind of fact that the data tell at all"
sight = "whole stream"
[columns]
fact = "what is told"
records = "how many records tell it"
files = "files that tell it; null where the rows do not keep their file"
*/
select
    capabilities.fact,
    cast(sum(capabilities.records) as bigint) as records,
    list(capabilities.file_name order by capabilities.file_name)
    filter (where capabilities.file_name is not null) as files
from marts.capabilities
where capabilities.stream = $stream
group by capabilities.fact
order by capabilities.fact
