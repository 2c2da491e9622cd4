-- +goose Up
-- Times are microseconds since 1970 UTC, lengths are microseconds; 0 means none.
-- Every table that grows is keyed by user first: one person's data lies together.

CREATE TABLE users (
  id                  bigint  PRIMARY KEY,
  email               text    NOT NULL UNIQUE,
  password_hash       text    NOT NULL,
  is_active           boolean NOT NULL,
  role                text    NOT NULL CHECK (role IN ('user', 'admin')),
  first_name          text    NOT NULL,
  last_name           text    NOT NULL,
  timezone            text    NOT NULL,
  target_micros       bigint  NOT NULL,
  week_start          bigint  NOT NULL CHECK (week_start BETWEEN 0 AND 6),
  reporting_timezone  text    NOT NULL, -- the week zone; '': timezone
  wants_report_emails boolean NOT NULL,
  created_at          bigint  NOT NULL,
  last_login_at       bigint  NOT NULL
);

-- An access token is valid while its row exists.
CREATE TABLE tokens (
  user_id    bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id         text   NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (user_id, id)
);
CREATE INDEX tokens_expiry ON tokens (expires_at);

-- The projection of each session's log: timeline.State.
CREATE TABLE sessions (
  user_id            bigint   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id                 text     NOT NULL,
  version            bigint   NOT NULL, -- events in the log
  phase              bigint   NOT NULL CHECK (phase BETWEEN 1 AND 3), -- running, paused, ended
  deleted            boolean  NOT NULL,
  started_at         bigint   NOT NULL,
  ended_at           bigint   NOT NULL,
  target_micros      bigint   NOT NULL,
  closed             bigint   NOT NULL,
  counted            bigint   NOT NULL,
  current_started_at bigint   NOT NULL,
  current_paused     bigint   NOT NULL,
  current_paused_at  bigint   NOT NULL,
  aet_low            bigint   NOT NULL, -- of the current question
  aet_high           bigint   NOT NULL,
  aet_text           text     NOT NULL,
  task_id            text     NOT NULL,
  task_type          text     NOT NULL,
  last_at            bigint   NOT NULL,
  PRIMARY KEY (user_id, id)
) WITH (fillfactor = 70); -- room for the update of every press on the same page
CREATE UNIQUE INDEX sessions_one_active ON sessions (user_id) WHERE phase < 3 AND NOT deleted;
CREATE INDEX sessions_by_start ON sessions (user_id, started_at);

-- The log. A row is never changed. Neither it nor questions has a foreign key: a
-- session and its rows are written by one transaction, and a check of each row would
-- cost two look-ups an event.
CREATE TABLE events (
  user_id         bigint  NOT NULL,
  session_id      text    NOT NULL,
  seq             bigint  NOT NULL, -- arrival within the session, from 1
  id              text    NOT NULL,
  type            text    NOT NULL,
  at              bigint  NOT NULL, -- when it counts
  received_at     bigint  NOT NULL,
  client_at       bigint  NOT NULL, -- the client's own time for it
  sent_at         bigint  NOT NULL, -- the client's clock when it sent
  wanted          bigint  NOT NULL, -- of a PAUSE: 0 toggles, 1 wants running, 2 wants paused
  aet_low         bigint  NOT NULL, -- of a NEXT: the question it opens
  aet_high        bigint  NOT NULL,
  aet_text        text    NOT NULL,
  task_id         text    NOT NULL,
  task_type       text    NOT NULL,
  target_micros   bigint  NOT NULL,
  question_id     text    NOT NULL, -- of a correction
  answered_index  bigint  NOT NULL, -- what the client was told
  answered_closed boolean NOT NULL,
  answered_raw    bigint  NOT NULL,
  answered_active bigint  NOT NULL,
  PRIMARY KEY (user_id, session_id, seq)
);
CREATE UNIQUE INDEX events_once ON events (user_id, id);

-- The projection of each session's log: the closed questions that a person reads.
CREATE TABLE questions (
  user_id    bigint NOT NULL,
  started_at bigint NOT NULL,
  id         text   NOT NULL, -- of the event that closed it
  session_id text   NOT NULL,
  seq        bigint NOT NULL, -- of the event that closed it
  ended_at   bigint NOT NULL,
  paused     bigint NOT NULL,
  aet_low    bigint NOT NULL,
  aet_high   bigint NOT NULL,
  aet_text   text   NOT NULL,
  task_id    text   NOT NULL,
  task_type  text   NOT NULL,
  PRIMARY KEY (user_id, started_at, id)
);
