/*
title = "Made-up answers to surveys, as our own layout writes them"
grain = "one row per answer: eight in each of twenty teams, in each of twelve quarters"
*/
select
    'Team ' || lpad(cast(teams.team_no as varchar), 2, '0') as team,
    cast(timestamp '2024-01-15' + to_months(cast(3 * quarters.quarter as integer)) as date) as answered_on,
    1 + cast(floor(5 * synthetic.drawn($seed, answers.answer + 100 * teams.team_no, quarters.quarter)) as integer) as score,
    10 as asked_count
from range(1, 21) as teams (team_no)
cross join range(12) as quarters (quarter)
cross join range(8) as answers (answer)
where $items > 0
