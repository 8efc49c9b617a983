/*
title = "Deployments"
grain = "one row per deployment"
replaced_by = ["stream", "deployment_id"]
[columns]
stream = "value stream the row belongs to"
deployment_id = "key of the deployment"
service = "what was deployed"
environment = "where to; null counts as production"
deployed_at = "UTC instant it finished"
status = "success or failed"
is_unplanned = "made to mend a production incident; null if not known"
*/
create table canonical.deployments (
    stream varchar not null,
    deployment_id varchar not null,
    service varchar,
    environment varchar,
    deployed_at timestamp not null,
    status varchar not null,
    is_unplanned boolean
);
