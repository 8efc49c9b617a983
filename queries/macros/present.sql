/*
title = "Present"
grain = "one value: the text without its margins, null where it stands for nothing"
*/
create or replace macro macros.present(written) as (
    case
        -- Most texts are longer than all that stand for nothing, and have no margins.
        when strlen(written) > 4 and not starts_with(written, ' ') and not ends_with(written, ' ') then written
        when lower(trim(written)) in ('', 'null', 'none', '-', 'nan', 'n/a') then null
        else trim(written)
    end
);
