/*
title = "Satisfaction surveys"
grain = "one row per team and month: single answers are not kept"
replaced_by = ["stream", "team", "survey_on"]
[columns]
stream = "value stream the row belongs to"
team = "team that was asked"
survey_on = "first day of the month of the answers"
answers_count = "answers"
score_sum = "sum of the scores"
asked_count = "people who were asked; null where no source tells"
*/
create table canonical.surveys (
    stream varchar not null,
    team varchar not null,
    survey_on date not null,
    answers_count bigint not null,
    score_sum double not null,
    asked_count bigint
);
