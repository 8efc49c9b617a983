/*
title = "Streams of the network"
question = "Which value streams are there, and how much is under way in each?"
grain = "one row per value stream, whatever stream is chosen"
sight = "all teams"
[columns]
stream = "value stream"
name = "what people call it"
kind = "product, platform or support"
open_items = "items that were started and not ended at the end of the scope"
finished_items = "items that finished in the scope"
median_lead_days = "half of those took so long or less, from creation; null if none finished"
*/
select
    streams.stream,
    streams.name,
    streams.kind,
    count(items.item_id) filter (
        where items.started_first_on < $until and coalesce(items.ended_on >= $until, true)
    ) as open_items,
    count(items.item_id) filter (where items.finished_on >= $since and items.finished_on < $until) as finished_items,
    quantile_cont(
        case when $clock = 'working' then items.lead_working_seconds else items.lead_seconds end / 86400, 0.5
    ) filter (where items.finished_on >= $since and items.finished_on < $until) as median_lead_days
from marts.streams
left join marts.items
    on streams.stream = items.stream
group by
    streams.stream,
    streams.name,
    streams.kind
order by
    case streams.kind when 'platform' then 1 when 'product' then 2 else 3 end,
    streams.stream
