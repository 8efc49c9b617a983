/*
title = "Labels"
grain = "one value: the labels of a text in alphabetical order with | between them, null where there are none"
*/
-- As tools write them: a JSON list of names or of objects with names, [a|b], or a, b with commas, semicolons or lines.
create or replace macro macros.labels(written) as (
    nullif(
        array_to_string(
            list_sort(
                list_distinct(
                    list_filter(
                        list_transform(
                            case
                                when try_cast(written as json) is not null and json_type(written) = 'ARRAY'
                                    then
                                        list_transform(
                                            cast(cast(written as json) as json[]),
                                            lambda each: replace(
                                                coalesce(
                                                    json_extract_string(each, '$.name'), json_extract_string(each, '$')
                                                ),
                                                '|', ' '
                                            )
                                        )
                                else regexp_split_to_array(regexp_replace(trim(written), '^\[(.*)\]$', '\1'), '[|;,\n]')
                            end,
                            lambda each: macros.present(each)
                        ),
                        lambda each: each is not null
                    )
                )
            ),
            '|'
        ),
        ''
    )
);
