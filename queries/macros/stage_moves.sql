/*
title = "Moves from stage to stage"
grain = "one row per stay in a stage, before the item's end, that ended in the days [first_day, end_day)"
*/
create or replace macro macros.stage_moves(
    chosen_stream, first_day, end_day, chosen_teams, chosen_types, clock
) as table
    with stays as (

        select
            visits.item_no,
            visits.item_id,
            visits.visit_no,
            visits.stage as from_stage,
            visits.position as from_position,
            visits.next_stage as to_stage,
            next_stages.position as to_position,
            visits.entered_at,
            visits.left_at,
            visits.left_on,
            visits.is_in_flow,
            case when clock = 'working' then visits.working_seconds else visits.seconds end / 86400 as days
        from marts.visits
        left join marts.stages as next_stages
            on next_stages.stream = chosen_stream
            and visits.next_stage = next_stages.stage
        where
            visits.stream = chosen_stream
            and (chosen_teams is null or list_contains(chosen_teams, visits.team))
            and (chosen_types is null or list_contains(chosen_types, visits.type))

    ),

    path as (

        select
            stages.position,
            lead(stages.position) over (order by stages.position) as next_position
        from marts.stages
        where stages.stream = chosen_stream and stages.category <> 'cancelled'

    )

    select
        stays.item_no,
        stays.item_id,
        stays.visit_no,
        stays.from_stage,
        stays.from_position,
        stays.to_stage,
        stays.to_position,
        coalesce(stays.to_position = path.next_position, false) as is_next_step,
        stays.entered_at,
        stays.left_at,
        stays.days
    from stays
    left join path
        on stays.from_position = path.position
    where
        stays.is_in_flow
        and stays.to_stage is not null
        and stays.left_on >= first_day
        and stays.left_on < end_day;
