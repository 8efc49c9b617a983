/*
title = "Items by group"
question = "How do groups of items differ?"
grain = "one row per value of the attribute, the most items first; items without a value are one group, those with several labels or stages are in several"
[columns]
group_name = "value of the attribute"
items = "items that meet the conditions"
finished = "those of them that had finished by the end of the scope"
median_cycle_days = "median cycle time of those that finished; null where no start is known"
p85_cycle_days = "85 % of them took no longer (observed)"
median_lead_days = "median lead time of those that finished"
rework_share = "share of items with rework"
blocked_share = "share of items that were blocked"
*/
with passed as (

    select
        visits.item_id,
        list(distinct visits.stage) as stages
    from marts.visits
    where $group_by = 'passed' and visits.stream = $stream and visits.entered_on < $until
    group by visits.item_id

),

grouped as (

    select
        items.*,
        unnest(
            case $group_by
                when 'team' then [items.team]
                when 'type' then [items.type]
                when 'priority' then [items.priority]
                when 'label' then coalesce(string_split(items.labels, '|'), [null])
                when 'stage' then [items.stage]
                when 'outcome' then [items.outcome]
                when 'passed' then coalesce(passed.stages, [null])
                when 'age'
                    then [
                        case
                            when items.cycle_days < 1 then 'under 1 day'
                            when items.cycle_days < 3 then '1 to 3 days'
                            when items.cycle_days < 7 then '3 to 7 days'
                            when items.cycle_days < 14 then '7 to 14 days'
                            when items.cycle_days < 30 then '14 to 30 days'
                            when items.cycle_days < 90 then '30 to 90 days'
                            when items.cycle_days >= 90 then '90 days or more'
                        end
                    ]
                when 'month' then [case when not items.is_open then strftime(items.ended_on, '%Y-%m') end]
                when 'rework' then [case when items.rework_visits_count > 0 then 'with rework' else 'without rework' end]
                when 'blocked' then [case when items.blocked_days > 0 then 'was blocked' else 'never blocked' end]
                else [null]
            end
        ) as attribute
    from macros.items_where($stream, $since, $until, $teams, $types, $clock, $start_rule, $chosen) as items
    left join passed
        on items.item_id = passed.item_id

)

select
    coalesce(grouped.attribute, '(none)') as group_name,
    count(*) as items,
    count(*) filter (where grouped.outcome = 'finished') as finished,
    quantile_cont(grouped.cycle_days, 0.5) filter (where grouped.outcome = 'finished') as median_cycle_days,
    quantile_disc(grouped.cycle_days, 0.85) filter (where grouped.outcome = 'finished') as p85_cycle_days,
    quantile_cont(grouped.lead_days, 0.5) filter (where grouped.outcome = 'finished') as median_lead_days,
    avg(case when grouped.rework_visits_count > 0 then 1 else 0 end) as rework_share,
    avg(case when grouped.blocked_days > 0 then 1 else 0 end) as blocked_share
from grouped
group by group_name
order by
    items desc,
    group_name
