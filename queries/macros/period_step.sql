/*
title = "Length of a period"
grain = "one value: how long a day, week, month or quarter is; null for the whole of a scope"
*/
create or replace macro macros.period_step(period) as (
    case period
        when 'day' then interval '1 day'
        when 'week' then interval '7 days'
        when 'month' then interval '1 month'
        when 'quarter' then interval '3 months'
    end
);
