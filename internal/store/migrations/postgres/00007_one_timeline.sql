-- +goose Up
-- Several sessions of a user may have no EXIT: only the newest one is active, the others
-- are bounded by the start of the next one.
DROP INDEX sessions_one_active;
CREATE INDEX sessions_in_order ON sessions (user_id, started_at) WHERE NOT deleted;
DROP INDEX sessions_by_start;

-- Of the newest press, while no EXIT has ended the session.
ALTER TABLE sessions ADD COLUMN current_pressed_at bigint NOT NULL DEFAULT 0;
UPDATE sessions SET current_pressed_at = (
  SELECT max(at) FROM events
  WHERE events.user_id = sessions.user_id AND events.session_id = sessions.id AND type IN ('NEXT', 'PAUSE', 'UNDO', 'EXIT')
) WHERE phase < 3;

-- What became of a task, and how many tasks a page held; 0: it did not say.
ALTER TABLE events ADD COLUMN outcome text NOT NULL DEFAULT '';
ALTER TABLE questions ADD COLUMN outcome text NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN task_count bigint NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN task_count bigint NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN task_count bigint NOT NULL DEFAULT 0;

-- A press that a person entered by hand, and the press that a correction means.
ALTER TABLE events ADD COLUMN by_hand boolean NOT NULL DEFAULT false;
ALTER TABLE events ADD COLUMN press_id text NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN moved_to bigint NOT NULL DEFAULT 0;

ALTER TABLE users ADD COLUMN day_start bigint NOT NULL DEFAULT 0 CHECK (day_start BETWEEN 0 AND 6); -- the hour
ALTER TABLE users ADD COLUMN forgotten_after_micros bigint NOT NULL DEFAULT 0; -- 0: by the longest questions

-- Counts the changes of what sessions a user has, so that two replicas that make such a
-- change at once collide on its row. Presses in the active session do not touch it. SQLite
-- needs none: one transaction writes at a time.
CREATE TABLE timelines (
  user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  changes bigint NOT NULL
);
