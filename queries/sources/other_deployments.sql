/*
title = "Deployments that seem to be others under a known key"
grain = "one row per stream with any: keys told before and now, and how many of them of another service or day"
*/
select
    fresh.stream,
    cast(count(*) as bigint) as shared_items,
    -- More than a day apart: no zone explains it.
    cast(count(*) filter (
        where fresh.service <> known.service
        or abs(epoch(fresh.deployed_at) - epoch(known.deployed_at)) > 86400
    ) as bigint) as other_items,
    min(fresh.deployment_id) filter (
        where fresh.service <> known.service
        or abs(epoch(fresh.deployed_at) - epoch(known.deployed_at)) > 86400
    ) as example
from comparing.fresh
join comparing.known
    on fresh.stream = known.stream
    and fresh.deployment_id = known.deployment_id
group by fresh.stream
having other_items > 0
