/*
title = "Hand-overs"
question = "Which team hands work to which?"
grain = "one row per team and the team that owned the item next, over the items that ended in the period"
[columns]
from_team = "team that owned the item"
to_team = "team that owned it next"
handovers = "how often"
items = "items that were handed over so"
median_days = "median time that the item had been in the state it was handed over from"
*/
select
    moves.from_team,
    moves.to_team,
    count(*) as handovers,
    count(distinct moves.item_no) as items,
    quantile_cont(case when $clock = 'working' then moves.working_seconds else moves.seconds end / 86400, 0.5) as median_days
from marts.moves
where
    moves.stream = $stream
    and moves.from_team <> moves.to_team
    and moves.ended_on >= $since
    and moves.ended_on < $until
    and ($teams is null or list_contains($teams, moves.team))
    and ($types is null or list_contains($types, moves.type))
group by
    moves.from_team,
    moves.to_team
order by
    handovers desc,
    moves.from_team,
    moves.to_team
