/*
title = "Life-cycle steps of a log"
grain = "one row per word in the life-cycle column of the log being read"
[columns]
lifecycle = "the word, in small letters"
records = "how often"
*/
select
    lower(macros.present(records.lifecycle)) as lifecycle,
    cast(count(*) as bigint) as records
from raw.records
where macros.present(records.lifecycle) is not null
group by lower(macros.present(records.lifecycle))
