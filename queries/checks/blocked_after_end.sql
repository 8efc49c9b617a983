/*
title = "Blocked, though it has ended"
severity = "note"
why = "The flag was set or left on after the item had ended. Blocked time counts to the end only, so no figure is wrong; the board shows a block that is none."
remedy = "Take the flag off in the tool."
*/
select
    items.stream,
    items.item_id as subject,
    'ended ' || items.ended_on || ', flagged since ' || strftime(max(blocked.blocked_at), '%Y-%m-%d') as detail
from marts.items
join canonical.blocked
    on items.stream = blocked.stream
    and items.item_id = blocked.item_id
where items.ended_on is not null and blocked.unblocked_at is null
group by
    items.stream,
    items.item_id,
    items.ended_on
