/*
title = "Present"
grain = "one value: the text without its margins, null where it stands for nothing"
*/
create or replace macro macros.present(written) as (
    case when lower(trim(written)) in ('', 'null', 'none', '-', 'nan', 'n/a') then null else trim(written) end
);
