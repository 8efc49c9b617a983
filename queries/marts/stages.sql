/*
title = "Stages"
grain = "one row per stage of a value stream"
[columns]
stream = "value stream"
stage = "name of the stage"
position = "order in the reference path"
category = "backlog, in-progress, done or cancelled"
mode = "active or wait"
activity = "VA, NNVA or NVA"
waste = "declared waste"
team = "team that owns it"
wip_limit = "agreed limit"
is_compliance = "true for a step that a law or a standard demands"
is_automated = "true for a step that a program does"
confidence = "0 to 1 for a proposal; null where a person defined it"
reason = "why it was proposed so"
states = "states that it collects"
*/
select
    stages.stream,
    stages.stage,
    stages.position,
    stages.category,
    stages.mode,
    stages.activity,
    stages.waste,
    stages.team,
    stages.wip_limit,
    stages.is_compliance,
    stages.is_automated,
    stages.confidence,
    stages.reason,
    list(states.state order by states.state) filter (where states.state is not null) as states
from canonical.stages
left join canonical.states
    on stages.stream = states.stream
    and stages.stage = states.stage
group by
    stages.stream,
    stages.stage,
    stages.position,
    stages.category,
    stages.mode,
    stages.activity,
    stages.waste,
    stages.team,
    stages.wip_limit,
    stages.is_compliance,
    stages.is_automated,
    stages.confidence,
    stages.reason
order by
    stages.stream,
    stages.position
