/*
title = "Block lifted before it was set"
severity = "error"
why = "A blocked time can not be negative: this one is left out of blocked time and of the waste by reason."
remedy = "Correct the two times in the source."
*/
select
    blocked.stream,
    blocked.item_id as subject,
    'set ' || strftime(blocked.blocked_at, '%Y-%m-%d %H:%M') || ', lifted '
    || strftime(blocked.unblocked_at, '%Y-%m-%d %H:%M') || ' UTC' as detail
from canonical.blocked
where blocked.unblocked_at < blocked.blocked_at
