/*
title = "What streams need of each other"
grain = "one row per thing that a stream says it gets from another one"
replaced_by = ["stream"]
[columns]
stream = "value stream that waits for it"
on_stream = "value stream that it comes from"
what = "what it is, in words"
agreed_days = "days within which it was agreed to come; null if none were"
*/
create table canonical.needs (
    stream varchar not null,
    on_stream varchar not null,
    what varchar not null,
    agreed_days double
);
