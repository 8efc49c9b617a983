/*
title = "Words for outcomes"
grain = "one row per resolution that an issue has"
*/
select distinct json_extract_string(documents.document, '$.fields.resolution.name') as word
from raw.documents
where json_exists(documents.document, '$.fields.resolution.name')
