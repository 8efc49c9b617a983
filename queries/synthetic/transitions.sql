/*
title = "Made-up transitions, as our own layout writes them"
grain = "one row per item and state entered"
*/
select
    walks.item_id,
    cast(walks.slot as integer) as seq,
    timezone('UTC', walks.occurred_at) as occurred_at,
    walks.from_state,
    walks.state as to_state,
    walks.team,
    -- Ten people in a team; who takes an item keeps it for a while.
    walks.team || ' P' || cast(floor(10 * synthetic.drawn($seed, walks.item, 60 + walks.slot // 4)) as integer) as person
from synthetic.walks($items, $seed) as walks
