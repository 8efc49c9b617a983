/*
title = "Is it production"
grain = "one value: true where an environment is production; where none is named, it is"
*/
create or replace macro macros.is_production(environment) as (
    lower(coalesce(environment, 'production')) in ('production', 'prod', 'live')
);
