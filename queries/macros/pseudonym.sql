/*
title = "Pseudonym"
grain = "one value: a keyed stand-in for a person; one that is a stand-in already is kept"
*/
create or replace macro macros.pseudonym(person, people_key) as (
    case
        when people_key is null then null
        when starts_with(person, 'p-') and regexp_full_match(person, 'p-[0-9a-f]{10}') then person
        else 'p-' || left(sha256(people_key || person), 10)
    end
);
