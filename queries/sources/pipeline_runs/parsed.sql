/*
title = "Runs of a pipeline"
grain = "one row per record: a deployment, another run, or one that has not ended"
*/
with typed as (

    select
        records.record,
        options.stream,
        macros.present(records.deployment_id) as deployment_id,
        macros.present(records.service) as service,
        macros.present(records.environment) as environment,
        lower(macros.present(records.status)) as status,
        lower(coalesce(macros.present(records.kind), '')) as kind,
        (select count(*) from raw.columns where columns.role = 'kind') > 0 as tells_kinds,
        coalesce(macros.present(records.finished_at), macros.present(records.started_at), macros.present(records.created_at))
            as written_at,
        case
            when macros.present(records.finished_at) is not null then 'finished_at'
            when macros.present(records.started_at) is not null then 'started_at'
            else 'created_at'
        end as time_column,
        case
            -- A deployment of GitHub ends when the next one takes its place.
            when records.deployment_id like 'github:GithubDeployment:%'
                then macros.instant(coalesce(records.started_at, records.created_at), options.time_zone)
            else macros.instant(
                coalesce(
                    macros.present(records.finished_at), macros.present(records.started_at), macros.present(records.created_at)
                ),
                options.time_zone
            )
        end as deployed_at,
        options.expected_time
    from raw.records
    cross join raw.options

)

select
    typed.*,
    typed.deployment_id as subject,
    case
        when typed.tells_kinds and typed.kind <> 'deployment' then 'ignored'
        when typed.status is null then 'ignored'
        when typed.status not in ('success', 'succeeded', 'failure', 'failed', 'timed_out', 'startup_failure') then 'ignored'
        when typed.deployment_id is null or typed.deployed_at is null then 'set aside'
        else 'kept'
    end as fate,
    case
        when typed.tells_kinds and typed.kind <> 'deployment' then 'a run that deploys nothing'
        when typed.status is null then 'not finished'
        when typed.status not in ('success', 'succeeded', 'failure', 'failed', 'timed_out', 'startup_failure')
            then 'neither a success nor a failure'
        when typed.deployment_id is null then 'the cell is empty'
        when typed.deployed_at is null then 'not a date that can be read; expected ' || typed.expected_time
    end as reason,
    case
        when typed.deployment_id is null then 'deployment_id'
        when typed.deployed_at is null then typed.time_column
    end as column_name,
    case when typed.deployed_at is null then typed.written_at end as value
from typed
