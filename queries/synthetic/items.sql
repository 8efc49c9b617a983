/*
title = "Made-up items, as our own layout writes them"
grain = "one row per item"
*/
select
    all_items.item_id,
    concat_ws(
        ' ',
        list_extract(
            ['Add', 'Mend', 'Export', 'Show', 'Import', 'Retry', 'Limit', 'Audit', 'Cache', 'Refund'],
            1 + cast(floor(10 * synthetic.drawn($seed, all_items.item, 8)) as integer)
        ),
        list_extract(
            ['invoices', 'logins', 'reports', 'tokens', 'roles', 'payments', 'charts', 'queues', 'filters', 'pages'],
            1 + cast(floor(10 * synthetic.drawn($seed, all_items.item, 9)) as integer)
        ),
        'of part',
        cast(floor(400 * synthetic.drawn($seed, all_items.item, 10)) as integer)
    ) as title,
    all_items.type,
    all_items.team,
    all_items.priority,
    timezone('UTC', all_items.created_at) as created_at
from synthetic.all_items($items, $seed) as all_items
