/*
title = "Made-up deployments, as our own layout writes them"
grain = "one row per deployment; 3 % fail"
*/
select
    all_deployments.deployment_id,
    all_deployments.service,
    'production' as environment,
    timezone('UTC', all_deployments.deployed_at) as deployed_at,
    case when all_deployments.luck < 0.03 then 'failed' else 'success' end as status,
    all_deployments.luck > 0.96 as is_unplanned
from synthetic.all_deployments($items, $seed) as all_deployments
