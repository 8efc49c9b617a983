/*
title = "Transitions without people"
grain = "one row per transition known before, for an import that keeps no pseudonyms"
*/
select transitions.* replace (cast(null as varchar) as person)
from known.named_transitions as transitions
