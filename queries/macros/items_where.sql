/*
title = "Items of a scope that meet a condition"
grain = "one row per item, columns as macros.items_as_of: as they were at the end of the scope, or at the end of the days asked for"
*/
create or replace macro macros.items_where(
    chosen_stream, first_day, end_day, chosen_teams, chosen_types, clock, start_rule, chosen
) as table
    select items.*
    from
        macros.items_as_of(
            chosen_stream,
            chosen_teams,
            chosen_types,
            clock,
            start_rule,
            -- No subquery: a day that is known before the visits are read spares most of them.
            case when chosen['event'] in ('in progress', 'in stage') then chosen['until'] else end_day end
        ) as items
    where
        case chosen['event']
            when 'created' then items.created_on >= chosen['since'] and items.created_on < chosen['until']
            when 'started' then items.arrived_on >= chosen['since'] and items.arrived_on < chosen['until']
            when 'finished' then items.finished_on >= chosen['since'] and items.finished_on < chosen['until']
            when 'cancelled' then items.cancelled_on >= chosen['since'] and items.cancelled_on < chosen['until']
            when 'ended' then items.ended_on >= chosen['since'] and items.ended_on < chosen['until']
            -- Departures: finished, or withdrawn after the start.
            when 'departed'
                then
                    items.arrived_on is not null
                    and items.ended_on >= chosen['since']
                    and items.ended_on < chosen['until']
            -- As it was at the end of the last day.
            when 'in progress'
                then items.arrived_on < chosen['until'] and coalesce(items.ended_on >= chosen['until'], true)
            when 'in stage'
                then items.item_id in (
                    select visits.item_id
                    from marts.visits
                    where
                        visits.stream = chosen_stream
                        and visits.stage = chosen['stage']
                        and visits.entered_on < chosen['until']
                        and (visits.category <> 'done' or visits.entered_on >= first_day)
                        and coalesce(visits.left_on >= chosen['until'], true)
                )
            when 'left stage'
                then items.item_id in (
                    select visits.item_id
                    from marts.visits
                    where
                        visits.stream = chosen_stream
                        and visits.stage = chosen['stage']
                        and visits.is_in_flow
                        and visits.left_on >= chosen['since']
                        and visits.left_on < chosen['until']
                )
            when 'blocked'
                then items.item_id in (
                    select blocked.item_id
                    from marts.blocked
                    where
                        blocked.stream = chosen_stream
                        and blocked.unblocked_on >= chosen['since']
                        and blocked.blocked_on < chosen['until']
                        and coalesce(blocked.reason, '') = coalesce(chosen['reason'], blocked.reason, '')
                )
            else items.created_on < end_day and coalesce(items.ended_on >= first_day, true)
        end
        and (chosen['item'] is null or items.item_id = chosen['item'])
        and (
            chosen['text'] is null
            or contains(lower(items.item_id), lower(chosen['text']))
            or contains(lower(items.title), lower(chosen['text']))
        )
        and (chosen['outcome'] is null or items.outcome = chosen['outcome'])
        and (chosen['priority'] is null or items.priority = chosen['priority'])
        and (chosen['label'] is null or list_contains(string_split(items.labels, '|'), chosen['label']))
        and (chosen['now_in'] is null or items.stage = chosen['now_in'])
        and (
            chosen['passed'] is null
            or items.item_id in (
                select visits.item_id
                from marts.visits
                where
                    visits.stream = chosen_stream
                    and visits.stage = chosen['passed']
                    and visits.entered_on < end_day
            )
        )
        and (
            chosen['variant'] is null
            or items.item_id in (
                select paths.item_id
                from marts.paths
                where paths.stream = chosen_stream and paths.variant = chosen['variant']
            )
        )
        and case chosen['move']
            when 'state'
                then items.item_id in (
                    select moves.item_id
                    from marts.moves
                    where
                        moves.stream = chosen_stream
                        and chosen['move'] = 'state'
                        and case
                            when chosen['move_to'] is not null
                                then
                                    moves.to_state = chosen['move_to']
                                    and moves.from_state is not distinct from chosen['move_from']
                            when moves.is_end_mark then moves.from_state = chosen['move_from']
                            else moves.is_last and moves.to_state = chosen['move_from']
                        end
                )
            when 'stage'
                then items.item_id in (
                    select visits.item_id
                    from marts.visits
                    where
                        visits.stream = chosen_stream
                        and visits.previous_stage = chosen['move_from']
                        and visits.stage = chosen['move_to']
                )
            when 'team'
                then items.item_id in (
                    select moves.item_id
                    from marts.moves
                    where
                        moves.stream = chosen_stream
                        and moves.from_team = chosen['move_from']
                        and moves.to_team = chosen['move_to']
                )
            when 'skipped'
                then items.item_id not in (
                    select visits.item_id
                    from marts.visits
                    where visits.stream = chosen_stream and visits.stage = chosen['move_to']
                )
            else true
        end
        and (chosen['rework'] is null or (items.rework_visits_count > 0) = chosen['rework'])
        and (chosen['was_blocked'] is null or (items.blocked_days > 0) = chosen['was_blocked'])
        and (
            chosen['waste'] is null
            or items.item_id in (
                select waste.item_id
                from marts.waste
                where
                    waste.stream = chosen_stream
                    and waste.bucket = chosen['waste']
                    and case when clock = 'working' then waste.working_seconds else waste.seconds end > 0
            )
        )
        and (chosen['days_from'] is null or items.cycle_days >= chosen['days_from'])
        and (chosen['days_to'] is null or items.cycle_days < chosen['days_to']);
