/*
title = "Changes counted and left out"
question = "Which changes does the lead time count, and which not?"
grain = "one row: how many changes of each kind"
sight = "whole stream"
[columns]
counted = "deployed in the period, with a lead time"
programs = "deployed in the period, but made by a program (a bot, as the source says)"
negative = "deployed in the period before they were authored: a fault of the data"
unknown = "deployed in the period, but when they were authored is not told"
undeployed = "authored in the period, by a person, and not deployed by the end of the data"
*/
select
    count(changes.lead_seconds) filter (where changes.deployed_on >= $since and changes.deployed_on < $until) as counted,
    count(*) filter (where changes.is_bot and changes.deployed_on >= $since and changes.deployed_on < $until) as programs,
    count(*) filter (
        where not changes.is_bot
        and changes.deployed_on >= $since
        and changes.deployed_on < $until
        and changes.deployed_at < changes.authored_at
    ) as negative,
    count(*) filter (
        where not changes.is_bot
        and changes.deployed_on >= $since
        and changes.deployed_on < $until
        and changes.authored_at is null
    ) as unknown,
    count(*) filter (
        where not changes.is_bot
        and changes.deployed_on is null
        and changes.authored_on >= $since
        and changes.authored_on < $until
    ) as undeployed
from marts.changes
where
    changes.stream = $stream
    and ($services is null or list_contains($services, changes.service))
