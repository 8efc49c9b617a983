/*
title = "Stages"
grain = "one row per stage of a value stream, and one for states that no stage collects"
[columns]
stream = "value stream"
stage = "name of the stage"
position = "order in the reference path; null for the unmapped"
category = "backlog, in-progress, done or cancelled; null for the unmapped"
mode = "active or wait"
activity = "VA, NNVA or NVA"
waste = "waste that its time is booked to when no rule decides"
team = "team that owns it"
wip_limit = "agreed limit"
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
    stages.wip_limit
from canonical.stages
union all
select
    streams.stream,
    '(unmapped)' as stage,
    cast(null as integer) as position,
    cast(null as varchar) as category,
    'wait' as mode,
    'NVA' as activity,
    cast(null as varchar) as waste,
    cast(null as varchar) as team,
    cast(null as integer) as wip_limit
from canonical.streams
