/*
title = "Pseudonym"
grain = "one value: a keyed stand-in for a person"
*/
create or replace macro macros.pseudonym(person, people_key) as (
    case when people_key is not null then 'p-' || left(sha256(people_key || person), 10) end
);
