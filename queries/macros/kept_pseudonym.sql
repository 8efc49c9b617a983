/*
title = "Kept pseudonym"
grain = "one value of our own layout: a keyed stand-in for a person; one that is a stand-in already is kept"
*/
create or replace macro macros.kept_pseudonym(person, people_key) as (
    case
        when people_key is not null and regexp_full_match(person, 'p-[0-9a-f]{10}') then person
        else macros.pseudonym(person, people_key)
    end
);
