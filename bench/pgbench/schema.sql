-- Tables like those that an event is written to: the log, its session, its questions.
-- They hold what the program stores of ids and times, and nothing else.
CREATE TABLE events (
    user_id     bigint NOT NULL,
    event_id    uuid   NOT NULL,
    session_id  bigint NOT NULL,
    type        text   NOT NULL,
    happened_at bigint NOT NULL, -- microseconds since 1970, as everywhere here
    received_at bigint NOT NULL,
    PRIMARY KEY (user_id, event_id)
);
CREATE INDEX events_of_session ON events (user_id, session_id, happened_at);

CREATE TABLE sessions (
    user_id          bigint NOT NULL,
    session_id       bigint NOT NULL,
    started_at       bigint NOT NULL,
    last_at          bigint NOT NULL,
    closed_questions bigint NOT NULL,
    PRIMARY KEY (user_id, session_id)
);

CREATE TABLE questions (
    user_id       bigint NOT NULL,
    question_id   uuid   NOT NULL,
    session_id    bigint NOT NULL,
    started_at    bigint NOT NULL,
    ended_at      bigint NOT NULL,
    paused_micros bigint NOT NULL,
    PRIMARY KEY (user_id, question_id)
);
CREATE INDEX questions_of_user ON questions (user_id, started_at);
