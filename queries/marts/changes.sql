/*
title = "Changes"
grain = "one row per commit or pull request"
[columns]
stream = "value stream"
change_id = "key of the change"
service = "what it changes"
is_bot = "made by a program, as the source says; it counts in no lead time"
deployment_id = "first deployment that contains it; null while there is none"
authored_at = "UTC instant it was authored"
merged_at = "UTC instant it was merged"
authored_on = "day it was authored, in the stream's zone"
deployed_at = "UTC instant of the first successful production deployment that contains it; null while there is none"
deployed_on = "its day in the stream's zone"
lead_seconds = "authored to deployed; null while it is not deployed, of a program's, or where the span is negative"
review_seconds = "authored to merged, of those with a lead time; null where no merge is told or it is not between"
release_seconds = "merged to deployed, of the same"
*/
select
    changes.stream,
    changes.change_id,
    changes.service,
    coalesce(changes.is_bot, false) as is_bot,
    changes.deployment_id,
    changes.authored_at,
    changes.merged_at,
    macros.local_day(changes.authored_at, streams.time_zone) as authored_on,
    deployments.deployed_at,
    deployments.deployed_on,
    case
        when deployments.deployed_at >= changes.authored_at and not coalesce(changes.is_bot, false)
            then epoch(deployments.deployed_at) - epoch(changes.authored_at)
    end as lead_seconds,
    case
        when
            changes.merged_at >= changes.authored_at and deployments.deployed_at >= changes.merged_at
            and not coalesce(changes.is_bot, false)
            then epoch(changes.merged_at) - epoch(changes.authored_at)
    end as review_seconds,
    case
        when
            changes.merged_at >= changes.authored_at and deployments.deployed_at >= changes.merged_at
            and not coalesce(changes.is_bot, false)
            then epoch(deployments.deployed_at) - epoch(changes.merged_at)
    end as release_seconds
from canonical.changes
join staging.streams
    on changes.stream = streams.stream
left join marts.deployments
    on changes.stream = deployments.stream
    and changes.deployment_id = deployments.deployment_id
    and deployments.is_success
order by
    changes.stream,
    deployments.deployed_at
