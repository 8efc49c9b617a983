/*
title = "Made-up changes, as our own layout writes them"
grain = "one row per change: ten in a deployment, each of one item that was created three weeks earlier"
*/
select
    'C-' || changes.change as change_id,
    all_deployments.service,
    all_deployments.deployed_at
    - to_seconds(cast(floor(86400 * exp(0.5 + synthetic.normal($seed, changes.change, 90))) as bigint)) as authored_at,
    all_deployments.deployment_id,
    'SYN-' || greatest(1, changes.change - $items // 55) as item_id,
    false as is_revert,
    synthetic.drawn($seed, changes.change, 91) < 0.05 as is_bot
from range(1, $items // 10 * 10 + 1) as changes (change)
join synthetic.all_deployments($items, $seed) as all_deployments
    on (changes.change + 9) // 10 = all_deployments.deployment
