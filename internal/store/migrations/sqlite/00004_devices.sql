-- +goose Up
-- Connected widgets. Times are microseconds since 1970 UTC.
CREATE TABLE devices (
  user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id           TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  kind         TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL, -- of the newest refresh
  last_address TEXT    NOT NULL,
  presented    TEXT    NOT NULL, -- hash of the refresh token that was presented last
  PRIMARY KEY (user_id, id)
) WITHOUT ROWID;
CREATE INDEX devices_age ON devices (last_used_at);

-- The device that a token was issued to; '' for a login.
ALTER TABLE tokens ADD COLUMN device_id TEXT NOT NULL DEFAULT '';
