-- +goose Up
-- Times are microseconds since 1970 UTC, lengths are microseconds; 0 means none.
-- Every table that grows is keyed by user first, and clustered by that key
-- (WITHOUT ROWID): one person's data lies together.

CREATE TABLE users (
  id                  INTEGER PRIMARY KEY,
  email               TEXT    NOT NULL UNIQUE,
  password_hash       TEXT    NOT NULL,
  is_active           BOOLEAN NOT NULL,
  role                TEXT    NOT NULL CHECK (role IN ('user', 'admin')),
  first_name          TEXT    NOT NULL,
  last_name           TEXT    NOT NULL,
  timezone            TEXT    NOT NULL,
  target_micros       INTEGER NOT NULL,
  week_start          INTEGER NOT NULL CHECK (week_start BETWEEN 0 AND 6),
  reporting_timezone  TEXT    NOT NULL, -- the week zone; '': timezone
  wants_report_emails BOOLEAN NOT NULL,
  created_at          INTEGER NOT NULL,
  last_login_at       INTEGER NOT NULL
);

-- An access token is valid while its row exists.
CREATE TABLE tokens (
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id         TEXT   NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, id)
) WITHOUT ROWID;
CREATE INDEX tokens_expiry ON tokens (expires_at);

-- The projection of each session's log: timeline.State.
CREATE TABLE sessions (
  user_id            INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id                 TEXT     NOT NULL,
  version            INTEGER  NOT NULL, -- events in the log
  phase              INTEGER  NOT NULL CHECK (phase BETWEEN 1 AND 3), -- running, paused, ended
  deleted            BOOLEAN  NOT NULL,
  started_at         INTEGER  NOT NULL,
  ended_at           INTEGER  NOT NULL,
  target_micros      INTEGER  NOT NULL,
  closed             INTEGER  NOT NULL,
  counted            INTEGER  NOT NULL,
  current_started_at INTEGER  NOT NULL,
  current_paused     INTEGER  NOT NULL,
  current_paused_at  INTEGER  NOT NULL,
  aet_low            INTEGER  NOT NULL, -- of the current question
  aet_high           INTEGER  NOT NULL,
  aet_text           TEXT     NOT NULL,
  task_id            TEXT     NOT NULL,
  task_type          TEXT     NOT NULL,
  last_at            INTEGER  NOT NULL,
  PRIMARY KEY (user_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_one_active ON sessions (user_id) WHERE phase < 3 AND deleted = 0;
CREATE INDEX sessions_by_start ON sessions (user_id, started_at);

-- The log. A row is never changed. Neither it nor questions has a foreign key: a
-- session and its rows are written by one transaction.
CREATE TABLE events (
  user_id         INTEGER NOT NULL,
  session_id      TEXT    NOT NULL,
  seq             INTEGER NOT NULL, -- arrival within the session, from 1
  id              TEXT    NOT NULL,
  type            TEXT    NOT NULL,
  at              INTEGER NOT NULL, -- when it counts
  received_at     INTEGER NOT NULL,
  client_at       INTEGER NOT NULL, -- the client's own time for it
  sent_at         INTEGER NOT NULL, -- the client's clock when it sent
  wanted          INTEGER NOT NULL, -- of a PAUSE: 0 toggles, 1 wants running, 2 wants paused
  aet_low         INTEGER NOT NULL, -- of a NEXT: the question it opens
  aet_high        INTEGER NOT NULL,
  aet_text        TEXT    NOT NULL,
  task_id         TEXT    NOT NULL,
  task_type       TEXT    NOT NULL,
  target_micros   INTEGER NOT NULL,
  question_id     TEXT    NOT NULL, -- of a correction
  answered_index  INTEGER NOT NULL, -- what the client was told
  answered_closed BOOLEAN NOT NULL,
  answered_raw    INTEGER NOT NULL,
  answered_active INTEGER NOT NULL,
  PRIMARY KEY (user_id, session_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX events_once ON events (user_id, id);

-- The projection of each session's log: the closed questions that a person reads.
CREATE TABLE questions (
  user_id    INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  id         TEXT   NOT NULL, -- of the event that closed it
  session_id TEXT   NOT NULL,
  seq        INTEGER NOT NULL, -- of the event that closed it
  ended_at   INTEGER NOT NULL,
  paused     INTEGER NOT NULL,
  aet_low    INTEGER NOT NULL,
  aet_high   INTEGER NOT NULL,
  aet_text   TEXT   NOT NULL,
  task_id    TEXT   NOT NULL,
  task_type  TEXT   NOT NULL,
  PRIMARY KEY (user_id, started_at, id)
) WITHOUT ROWID;
