/*
title = "Transitions"
grain = "one row per entry into a state, whatever the kind of log"
*/
select * from reading.entered
union all by name
select * from reading.ended
union all by name
select * from reading.swept
