/*
title = "JSON, a value a line"
grain = "one row per line that is not blank; document is null where it is no JSON"
*/
select
    texts_of_lines.record,
    case when json_valid(texts_of_lines.line) then cast(texts_of_lines.line as json) end as document,
    case
        when not json_valid(texts_of_lines.line) then 'not JSON'
        when json_type(texts_of_lines.line) <> 'OBJECT' then 'not a JSON object'
    end as shape
from raw.texts_of_lines
where trim(texts_of_lines.line) <> ''
