/*
title = "Surveys of the chosen teams"
grain = "one row per team and month, those of the chosen streams too"
*/
select surveys.*
from canonical.surveys
anti join choosing.rules
    on surveys.stream = rules.stream
union all
select surveys.* replace (rules.stream as stream)
from canonical.surveys
join choosing.rules
    on surveys.stream = rules.of_stream
    and rules.kind = 'team'
    and surveys.team = rules.value
