/*
title = "Change that is not deployed"
severity = "note"
why = "It has no lead time yet, or its deployment is missing from the export."
remedy = "Export deployments for the whole period of the changes."
*/
select
    changes.stream,
    changes.change_id as subject,
    'authored ' || changes.authored_on as detail
from marts.changes
where changes.deployed_at is null
