/*
title = "Waste does not add up to the lead time"
severity = "broken"
why = "Each second of an item's way belongs to one bucket; otherwise the bar can not be trusted."
remedy = "This is a fault of the program: please report it."
*/
with booked as (

    select
        waste.item_no,
        sum(waste.seconds) as seconds,
        min(waste.seconds) as least_seconds
    from marts.waste
    group by waste.item_no

)

select
    items.stream,
    items.item_id as subject,
    'waste ' || booked.seconds || ' s, lead time ' || items.lead_seconds || ' s' as detail
from marts.items
join booked
    on items.item_no = booked.item_no
where abs(booked.seconds - items.lead_seconds) > 0.01 or booked.least_seconds < -0.01
