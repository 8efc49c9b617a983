/*
title = "Made-up blocked intervals, as our own layout writes them"
grain = "one row per interval: of every twelfth item, in the first half of its development"
*/
select
    walks.item_id,
    walks.occurred_at as blocked_at,
    walks.occurred_at + to_seconds(cast(floor(walks.days / 2 * 86400) as bigint)) as unblocked_at,
    list_extract(
        ['Supplier', 'Environment down', 'Waiting for an answer', 'Another team'],
        1 + cast(floor(4 * synthetic.drawn($seed, walks.item, 71)) as integer)
    ) as reason
from synthetic.walks($items, $seed) as walks
where
    walks.slot = 3
    and synthetic.drawn($seed, walks.item, 70) < 1 / 12
