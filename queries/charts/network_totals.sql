/*
title = "All streams together"
question = "How much is under way and done in all streams, each item counted once?"
grain = "one row, whatever stream is chosen; an item that several streams share, as rules chose it, counts once"
sight = "all teams"
[columns]
open_items = "items that were started and not ended at the end of the scope"
finished_items = "items that finished in the scope"
shared_items = "items that stand in two streams or more"
*/
with known as (

    select
        coalesce(streams.chosen_from, items.stream) as origin,
        items.item_id,
        count(*) as streams_count,
        bool_or(items.started_first_on < $until and coalesce(items.ended_on >= $until, true)) as is_open,
        bool_or(coalesce(items.finished_on >= $since and items.finished_on < $until, false)) as is_finished
    from marts.items
    join marts.streams
        on items.stream = streams.stream
    group by
        origin,
        items.item_id

)

select
    count(*) filter (where known.is_open) as open_items,
    count(*) filter (where known.is_finished) as finished_items,
    count(*) filter (where known.streams_count > 1) as shared_items
from known
