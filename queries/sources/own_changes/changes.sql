/*
title = "Canonical rows: changes"
grain = "one row per record"
*/
select
    parsed.stream,
    parsed.change_id,
    parsed.service,
    parsed.authored_at,
    parsed.merged_at,
    parsed.deployment_id,
    parsed.item_id,
    parsed.is_revert,
    parsed.is_bot
from reading.parsed
where parsed.fate = 'kept'
