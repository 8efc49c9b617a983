/*
title = "Change deployed before it was authored"
severity = "error"
why = "A negative lead time can not be; the change is left out of the lead time for changes."
remedy = "Check the clocks and zones of the two exports."
*/
select
    changes.stream,
    changes.change_id as subject,
    'authored ' || changes.authored_at || ', deployed ' || changes.deployed_at as detail
from marts.changes
where changes.deployed_at < changes.authored_at and not changes.is_bot
