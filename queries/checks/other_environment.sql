/*
title = "Deployments to an environment of an unusual name"
severity = "note"
why = "Deployment frequency, change lead time and failures count what goes to production, prod or live, or to no environment at all."
remedy = "If it is a production environment under a name of its own, export it as production."
*/
select
    deployments.stream,
    deployments.environment as subject,
    count(*) || ' deployments, the last on ' || strftime(max(deployments.deployed_at), '%Y-%m-%d') as detail
from canonical.deployments
where
    lower(deployments.environment) not in (
        'production', 'prod', 'live', 'staging', 'stage', 'test', 'testing', 'dev', 'development', 'qa', 'uat', 'preview',
        'pre-release', 'integration', 'int', 'sandbox', 'local', 'ci'
    )
group by
    deployments.stream,
    deployments.environment
