/*
title = "People"
grain = "one row per stream and person who worked on an item in progress"
[columns]
person_no = "1, 2, …: what the tables behind this one join by"
stream = "value stream"
person = "pseudonym"
*/
select
    cast(row_number() over (order by named.stream, named.person) as integer) as person_no,
    named.stream,
    named.person
from (
    select distinct
        places.stream,
        slices.person
    from staging.slices
    join staging.places
        on slices.place_no = places.place_no
    where slices.person is not null and slices.is_worked
) as named
