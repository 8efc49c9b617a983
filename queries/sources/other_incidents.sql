/*
title = "Incidents that seem to be others under a known key"
grain = "one row per stream with any: keys told before and now, and how many of them of another service or day"
*/
select
    fresh.stream,
    cast(count(*) as bigint) as shared_items,
    -- More than a day apart: no zone explains it.
    cast(count(*) filter (
        where fresh.service <> known.service
        or abs(epoch(fresh.started_at) - epoch(known.started_at)) > 86400
    ) as bigint) as other_items,
    min(fresh.incident_id) filter (
        where fresh.service <> known.service
        or abs(epoch(fresh.started_at) - epoch(known.started_at)) > 86400
    ) as example
from comparing.fresh
join comparing.known
    on fresh.stream = known.stream
    and fresh.incident_id = known.incident_id
group by fresh.stream
having other_items > 0
