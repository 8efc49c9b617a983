/*
title = "Stand-in"
grain = "one value: what an anonymised export says instead; null for null, and for what was never given a stand-in"
*/
create or replace macro exported.stand_in(wanted, written) as (
    select stand_ins.stand_in
    from exported.stand_ins
    where stand_ins.kind = wanted and stand_ins.original = written
);
