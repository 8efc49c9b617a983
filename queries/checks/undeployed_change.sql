/*
title = "Change that is overdue for deployment"
severity = "note"
why = "It is not deployed although it has waited longer than 95 % of the deployed changes did, from its merge or else its writing to the stream's last event. It is missing from lead time for changes, which looks better than it is; changes younger than that are not listed."
remedy = "Was it given up, or is its deployment missing from the export? Export deployments for the whole period of the changes."
*/
with waited as (

    select
        changes.stream,
        changes.change_id,
        changes.deployed_at,
        changes.merged_at,
        coalesce(changes.merged_at, changes.authored_at) as ready_at
    from marts.changes
    where not changes.is_bot

),

usual as (

    select
        waited.stream,
        quantile_disc(greatest(0, epoch(waited.deployed_at) - epoch(waited.ready_at)), 0.95) as wait_seconds,
        bool_or(waited.merged_at is not null) as tells_merges
    from waited
    where waited.deployed_at is not null
    group by waited.stream

)

select
    waited.stream,
    waited.change_id as subject,
    case when waited.merged_at is null then 'authored ' else 'merged ' end
    || macros.local_day(waited.ready_at, streams.time_zone) || ', '
    || cast(floor((epoch(streams.last_event_at) - epoch(waited.ready_at)) / 86400) as bigint) || ' days ago; 95 % waited '
    || cast(ceil(usual.wait_seconds / 86400) as bigint) || ' or less' as detail
from waited
join usual
    on waited.stream = usual.stream
join marts.streams
    on waited.stream = streams.stream
where
    waited.deployed_at is null
    and epoch(streams.last_event_at) - epoch(waited.ready_at) > usual.wait_seconds
    -- A pull request that was never merged waits for nobody's deployment.
    and (waited.merged_at is not null or not usual.tells_merges)
