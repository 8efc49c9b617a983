/*
title = "Changes"
grain = "one row per commit or pull request by a person"
[columns]
stream = "value stream"
change_id = "key of the change"
authored_at = "UTC instant it was authored"
merged_at = "UTC instant it was merged"
authored_on = "day it was authored, in the stream's zone"
deployed_at = "UTC instant of the first successful production deployment that contains it; null while there is none"
deployed_on = "its day in the stream's zone"
lead_seconds = "authored to deployed; null while it is not deployed, or where the span is negative"
*/
select
    changes.stream,
    changes.change_id,
    changes.authored_at,
    changes.merged_at,
    macros.local_day(changes.authored_at, streams.time_zone) as authored_on,
    deployments.deployed_at,
    deployments.deployed_on,
    case
        when deployments.deployed_at >= changes.authored_at
            then epoch(deployments.deployed_at) - epoch(changes.authored_at)
    end as lead_seconds
from canonical.changes
join staging.streams
    on changes.stream = streams.stream
left join marts.deployments
    on changes.stream = deployments.stream
    and changes.deployment_id = deployments.deployment_id
    and deployments.is_success
where not coalesce(changes.is_bot, false)
order by
    changes.stream,
    deployments.deployed_at
