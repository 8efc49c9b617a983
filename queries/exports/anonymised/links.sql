/*
title = "Links, anonymised"
grain = "one row per link between two things"
*/
with told as (

    select
        exported.stand_in('stream', links.stream) as stream,
        case when links.kind in ('deployed', 'blocks', 'parent') then links.kind else 'other' end as kind,
        exported.stand_in('key', links.from_id) as from_id,
        exported.stand_in('key', links.to_id) as to_id
    from chosen.links

)

-- In an order that says nothing of the original keys.
select * from told
order by
    told.kind,
    told.from_id,
    told.to_id
