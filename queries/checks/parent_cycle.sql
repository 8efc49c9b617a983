/*
title = "Item that is its own ancestor"
severity = "error"
why = "The parents lead in a circle, so none of these items is part of anything: no hierarchy can be drawn, and sums over it would have no end."
remedy = "Take the parent away from one of the items in the source."
*/
with recursive candidates as (

    -- Only what has a parent and is one can stand in a circle.
    select
        items.stream,
        items.item_id,
        items.parent_id
    from marts.items
    semi join marts.items as children
        on items.stream = children.stream
        and items.item_id = children.parent_id
    where items.parent_id is not null

),

leaps as (

    -- Each round leaps twice as far up: who still has an ancestor after more levels than there are items
    -- leads into a circle. On the way: the least key passed, and how many levels away it is.
    select
        0 as round_no,
        candidates.stream,
        candidates.item_id,
        candidates.parent_id as ancestor_id,
        candidates.item_id as least_id,
        cast(0 as bigint) as levels_to_least
    from candidates
    union all
    select
        below.round_no + 1 as round_no,
        below.stream,
        below.item_id,
        above.ancestor_id,
        least(below.least_id, above.least_id) as least_id,
        case
            when below.least_id <= above.least_id then below.levels_to_least
            else (cast(1 as bigint) << below.round_no) + above.levels_to_least
        end as levels_to_least
    from leaps as below
    join leaps as above
        on below.stream = above.stream
        and below.ancestor_id = above.item_id
    where (cast(1 as bigint) << below.round_no) < (select count(*) from candidates)

),

landed as (

    select leaps.*
    from leaps
    where (cast(1 as bigint) << leaps.round_no) >= (select count(*) from candidates)

),

members as (

    -- Who is landed on, is in a circle; who only leads into one, is not.
    select
        landed.stream,
        landed.item_id,
        landed.least_id,
        row_number() over (
            partition by landed.stream, landed.least_id
            order by landed.levels_to_least > 0, landed.levels_to_least desc
        ) as member_no
    from landed
    semi join landed as arrivals
        on landed.stream = arrivals.stream
        and landed.item_id = arrivals.ancestor_id

),

circles as (

    select
        members.stream,
        members.least_id,
        string_agg(members.item_id, ' → ' order by members.member_no) filter (where members.member_no <= 10)
        || case when count(*) > 10 then ' → … (' || count(*) || ' items)' else '' end
        || ' → ' || members.least_id as shown
    from members
    group by
        members.stream,
        members.least_id

)

select
    members.stream,
    members.item_id as subject,
    circles.shown as detail
from members
join circles
    on members.stream = circles.stream
    and members.least_id = circles.least_id
order by
    members.stream,
    members.least_id,
    members.member_no
