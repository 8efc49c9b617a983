/*
title = "Incidents"
grain = "one row per incident in production"
replaced_by = ["stream", "incident_id"]
[columns]
stream = "value stream the row belongs to"
incident_id = "key of the incident"
service = "what failed"
severity = "how bad, as the source says"
started_at = "UTC instant it began"
restored_at = "UTC instant the service was restored; null while it is not"
deployment_id = "deployment that the source names as its cause"
*/
create table canonical.incidents (
    stream varchar not null,
    incident_id varchar not null,
    service varchar,
    severity varchar,
    started_at timestamp not null,
    restored_at timestamp,
    deployment_id varchar
);
