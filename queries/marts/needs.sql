/*
title = "What streams need of each other"
grain = "one row per thing that a stream says it gets from another one"
[columns]
stream = "value stream that waits for it"
on_stream = "value stream that it comes from"
what = "what it is, in words"
agreed_days = "days within which it was agreed to come; null if none were"
*/
select
    needs.stream,
    needs.on_stream,
    needs.what,
    needs.agreed_days
from canonical.needs
order by
    needs.stream,
    needs.on_stream,
    needs.what
