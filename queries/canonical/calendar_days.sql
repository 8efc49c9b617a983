/*
title = "Calendar"
grain = "one row per stream and day"
replaced_by = ["stream"]
[columns]
stream = "value stream the row belongs to"
day = "day in the stream's time zone"
opens_at = "UTC instant that work begins; equals closes_at on a day off"
closes_at = "UTC instant that work ends"
*/
create table canonical.calendar_days (
    stream varchar not null,
    day date not null,
    opens_at timestamp not null,
    closes_at timestamp not null
);
