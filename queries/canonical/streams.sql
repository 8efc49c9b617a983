/*
title = "Value streams"
grain = "one row per value stream, as defined or proposed"
replaced_by = ["stream"]
[columns]
stream = "value stream the row belongs to"
name = "what people call it"
kind = "product, platform or support"
customer = "who receives"
supplier = "who asks"
tools = "tools that carry the information"
time_zone = "zone of its day boundaries and working hours"
quiet_seconds = "an item in a last state counts as finished after this long without an event; null where the end is explicit"
service_level_days = "agreed days from start to finish; null if none"
failure_window_days = "an incident of no told cause is that of the last deployment of its service within so many days"
cost_of_delay_per_day = "money per item and day; null if none"
currency = "of the cost of delay"
is_regulated = "true where some of its steps are demanded by law or a standard"
chosen_from = "stream whose items it shares, as rules chose them; null where its items are its own"
is_proposal = "true while nobody has confirmed the definition"
*/
create table canonical.streams (
    stream varchar not null,
    name varchar not null,
    kind varchar,
    customer varchar,
    supplier varchar,
    tools varchar[],
    time_zone varchar not null,
    quiet_seconds double,
    service_level_days double,
    failure_window_days double not null default 7,
    cost_of_delay_per_day double,
    currency varchar,
    is_regulated boolean not null default false,
    chosen_from varchar,
    is_proposal boolean not null
);
