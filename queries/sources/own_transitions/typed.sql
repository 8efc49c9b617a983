/*
title = "Cells of our own layout: transitions"
grain = "one row per record of the file that has the right shape"
*/
select
    records.record,
    coalesce(macros.present(records.stream), options.stream) as stream,
    macros.present(records.item_id) as item_id,
    try_cast(records.seq as bigint) as seq,
    macros.instant(records.occurred_at, options.time_zone) as occurred_at,
    -- The text only where it says no time: every other is told by the time.
    case
        when macros.instant(records.occurred_at, options.time_zone) is null then macros.present(records.occurred_at)
    end as no_time,
    macros.present(records.from_state) as from_state,
    macros.present(records.to_state) as to_state,
    macros.present(records.team) as team,
    macros.kept_pseudonym(macros.present(records.person), options.people_key) as person
from raw.records
cross join raw.options
