-- +goose Up
-- Connected widgets. Times are microseconds since 1970 UTC.
CREATE TABLE devices (
  user_id      bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id           text   NOT NULL,
  name         text   NOT NULL,
  kind         text   NOT NULL,
  created_at   bigint NOT NULL,
  last_used_at bigint NOT NULL, -- of the newest refresh
  last_address text   NOT NULL,
  presented    text   NOT NULL, -- hash of the refresh token that was presented last
  PRIMARY KEY (user_id, id)
);
CREATE INDEX devices_age ON devices (last_used_at);

-- The device that a token was issued to; '' for a login.
ALTER TABLE tokens ADD COLUMN device_id text NOT NULL DEFAULT '';
