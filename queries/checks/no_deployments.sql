/*
title = "Changes, and no deployment of any"
severity = "warning"
why = "No change of the stream is joined to a successful deployment to production, so lead time for changes has no value."
remedy = "Export the deployments with the changes that each one carries; an environment that is production must be named so, or left empty."
*/
select
    changes.stream,
    changes.stream as subject,
    count(*) || ' changes, ' || count(changes.deployed_at) || ' deployed' as detail
from marts.changes
where not changes.is_bot
group by changes.stream
having count(changes.deployed_at) = 0
