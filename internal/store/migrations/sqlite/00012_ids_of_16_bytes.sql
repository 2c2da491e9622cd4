-- +goose Up
-- The ids of sessions, events and questions become the 16 bytes of their UUIDs: they are in three
-- keys, and were 36 characters. A text that is no UUID in lower case stays as it is, and '' is
-- none. Each table is copied in the order of its key, which the bytes keep; the pages of one that
-- was copied serve the next.

CREATE TABLE new_questions (
  user_id    INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  id         BLOB   NOT NULL, -- of the event that closed it
  session_id BLOB   NOT NULL,
  seq        INTEGER NOT NULL, -- of the event that closed it
  ended_at   INTEGER NOT NULL,
  paused     INTEGER NOT NULL,
  aet_low    INTEGER NOT NULL,
  aet_high   INTEGER NOT NULL,
  aet_text   TEXT   NOT NULL,
  task_id    TEXT   NOT NULL,
  task_type  TEXT   NOT NULL,
  adjusted        BOOLEAN NOT NULL DEFAULT FALSE,
  adjusted_active INTEGER NOT NULL DEFAULT 0,
  outcome         TEXT    NOT NULL DEFAULT '',
  task_count      INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, started_at, id)
) WITHOUT ROWID;
INSERT INTO new_questions (user_id, started_at, id, session_id, seq, ended_at, paused, aet_low, aet_high, aet_text, task_id, task_type, adjusted, adjusted_active, outcome, task_count)
SELECT
  user_id,
  started_at,
  CASE WHEN id GLOB '????????-????-????-????-????????????' AND length(unhex(id, '-')) = 16 AND id = lower(id)
    THEN unhex(id, '-') ELSE id END,
  CASE WHEN session_id GLOB '????????-????-????-????-????????????' AND length(unhex(session_id, '-')) = 16 AND session_id = lower(session_id)
    THEN unhex(session_id, '-') ELSE session_id END,
  seq,
  ended_at,
  paused,
  aet_low,
  aet_high,
  aet_text,
  task_id,
  task_type,
  adjusted,
  adjusted_active,
  outcome,
  task_count
FROM questions ORDER BY questions.user_id, questions.started_at, questions.id;
DROP TABLE questions;
ALTER TABLE new_questions RENAME TO questions;

CREATE TABLE new_sessions (
  user_id            INTEGER  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id                 BLOB     NOT NULL,
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
  current_pressed_at INTEGER  NOT NULL DEFAULT 0, -- of the newest press, while no EXIT has ended the session
  task_count         INTEGER  NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, id),
  -- A process of the version before has ids as texts, and reads the bytes as one. It must not write.
  CONSTRAINT ids_are_bytes CHECK (typeof(id) = 'blob' OR length(CAST(id AS BLOB)) NOT IN (16, 36))
) WITHOUT ROWID;
INSERT INTO new_sessions (user_id, id, version, phase, deleted, started_at, ended_at, target_micros, closed, counted, current_started_at, current_paused, current_paused_at, aet_low, aet_high, aet_text, task_id, task_type, last_at, current_pressed_at, task_count)
SELECT
  user_id,
  CASE WHEN id GLOB '????????-????-????-????-????????????' AND length(unhex(id, '-')) = 16 AND id = lower(id)
    THEN unhex(id, '-') ELSE id END,
  version,
  phase,
  deleted,
  started_at,
  ended_at,
  target_micros,
  closed,
  counted,
  current_started_at,
  current_paused,
  current_paused_at,
  aet_low,
  aet_high,
  aet_text,
  task_id,
  task_type,
  last_at,
  current_pressed_at,
  task_count
FROM sessions ORDER BY sessions.user_id, sessions.id;
DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;
CREATE INDEX sessions_in_order ON sessions (user_id, started_at) WHERE NOT deleted;

CREATE TABLE new_events (
  user_id         INTEGER NOT NULL,
  session_id      BLOB    NOT NULL,
  seq             INTEGER NOT NULL, -- arrival within the session, from 1
  id              BLOB    NOT NULL,
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
  question_id     BLOB    NOT NULL, -- of a correction
  answered_index  INTEGER NOT NULL, -- what the client was told
  answered_closed BOOLEAN NOT NULL,
  answered_raw    INTEGER NOT NULL,
  answered_active INTEGER NOT NULL,
  adjusted        BOOLEAN NOT NULL DEFAULT FALSE, -- a person set the active time of a question
  adjusted_active INTEGER NOT NULL DEFAULT 0,
  outcome         TEXT    NOT NULL DEFAULT '', -- what became of a task
  task_count      INTEGER NOT NULL DEFAULT 0, -- how many tasks a page held; 0: it did not say
  by_hand         BOOLEAN NOT NULL DEFAULT FALSE, -- a person entered the press
  press_id        BLOB    NOT NULL DEFAULT '', -- the press that a correction means
  moved_to        INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, session_id, seq)
) WITHOUT ROWID;
INSERT INTO new_events (user_id, session_id, seq, id, type, at, received_at, client_at, sent_at, wanted, aet_low, aet_high, aet_text, task_id, task_type, target_micros, question_id, answered_index, answered_closed, answered_raw, answered_active, adjusted, adjusted_active, outcome, task_count, by_hand, press_id, moved_to)
SELECT
  user_id,
  CASE WHEN session_id GLOB '????????-????-????-????-????????????' AND length(unhex(session_id, '-')) = 16 AND session_id = lower(session_id)
    THEN unhex(session_id, '-') ELSE session_id END,
  seq,
  CASE WHEN id GLOB '????????-????-????-????-????????????' AND length(unhex(id, '-')) = 16 AND id = lower(id)
    THEN unhex(id, '-') ELSE id END,
  type,
  at,
  received_at,
  client_at,
  sent_at,
  wanted,
  aet_low,
  aet_high,
  aet_text,
  task_id,
  task_type,
  target_micros,
  CASE WHEN question_id GLOB '????????-????-????-????-????????????' AND length(unhex(question_id, '-')) = 16 AND question_id = lower(question_id)
    THEN unhex(question_id, '-') ELSE question_id END,
  answered_index,
  answered_closed,
  answered_raw,
  answered_active,
  adjusted,
  adjusted_active,
  outcome,
  task_count,
  by_hand,
  CASE WHEN press_id GLOB '????????-????-????-????-????????????' AND length(unhex(press_id, '-')) = 16 AND press_id = lower(press_id)
    THEN unhex(press_id, '-') ELSE press_id END,
  moved_to
FROM events ORDER BY events.user_id, events.session_id, events.seq;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;
CREATE UNIQUE INDEX events_once ON events (user_id, id);
