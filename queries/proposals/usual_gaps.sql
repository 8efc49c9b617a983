/*
title = "Usual gaps"
grain = "one row per stream with any gap between two events of one item"
[columns]
stream = "value stream"
quiet_seconds = "99 % of those gaps were shorter"
*/
with meanings as (

    select
        imports.stream,
        arg_max(imports.event_is, imports.import_id) filter (where imports.event_is is not null) as event_is
    from canonical.imports
    group by imports.stream

),

gaps as (

    select
        transitions.stream,
        epoch(transitions.occurred_at) - epoch(lag(transitions.occurred_at) over item_history) as seconds,
        row_number() over item_history as event_no
    from canonical.transitions
    window item_history as (
        partition by transitions.stream, transitions.item_id order by transitions.occurred_at, transitions.seq
    )

)

select
    gaps.stream,
    quantile_disc(gaps.seconds, 0.99) as quiet_seconds
from gaps
left join meanings
    on gaps.stream = meanings.stream
-- In a log of completions the entry into the first activity is ours, not an event.
where gaps.event_no > case when meanings.event_is = 'ended' then 2 else 1 end
group by gaps.stream
