/*
title = "Days with incidents"
question = "When did something fail in production?"
grain = "one row per day of the period on which an incident began"
sight = "whole stream"
[columns]
started_on = "day in the stream's zone"
incidents = "incidents that began on that day"
services = "what failed"
*/
select
    incidents.started_on,
    count(*) as incidents,
    string_agg(distinct incidents.service, ', ' order by incidents.service) as services
from marts.incidents
where
    incidents.stream = $stream
    and incidents.started_on >= $since
    and incidents.started_on < $until
    and ($services is null or list_contains($services, incidents.service))
group by incidents.started_on
order by incidents.started_on
