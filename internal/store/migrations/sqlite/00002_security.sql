-- +goose Up
-- Times are microseconds since 1970 UTC; 0 means none.

-- Never the same for two passwords of a user.
ALTER TABLE users ADD COLUMN password_changed_at INTEGER NOT NULL DEFAULT 0;

-- Passwords before the present one, so that they are not chosen again.
CREATE TABLE password_history (
  user_id     INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  replaced_at INTEGER NOT NULL,
  hash        TEXT   NOT NULL,
  PRIMARY KEY (user_id, replaced_at, hash)
) WITHOUT ROWID;

-- What happened to accounts. Rows are only added, and removed when they are old.
-- Without a foreign key: what was done to an account outlives it.
CREATE TABLE security_log (
  user_id  INTEGER NOT NULL, -- whose account; 0: none is known
  at       INTEGER NOT NULL,
  id       TEXT   NOT NULL,
  actor_id INTEGER NOT NULL, -- who did it; 0: nobody who was logged in
  kind     TEXT   NOT NULL,
  address  TEXT   NOT NULL,
  detail   TEXT   NOT NULL,
  PRIMARY KEY (user_id, at, id)
) WITHOUT ROWID;
CREATE INDEX security_log_age ON security_log (at);

-- Authenticator apps: one a user.
CREATE TABLE totp (
  user_id   INTEGER  PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  secret    TEXT    NOT NULL, -- sealed
  confirmed BOOLEAN NOT NULL,
  last_step INTEGER  NOT NULL  -- of the newest code that was accepted
);

-- A recovery code can be used while its row exists.
CREATE TABLE recovery_codes (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash    TEXT   NOT NULL,
  PRIMARY KEY (user_id, hash)
) WITHOUT ROWID;

CREATE TABLE passkeys (
  user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id           TEXT   NOT NULL,
  name         TEXT   NOT NULL,
  credential   TEXT   NOT NULL,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, id)
) WITHOUT ROWID;

-- The user that an identity provider's account logs in as.
CREATE TABLE identities (
  issuer  TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX identities_by_user ON identities (user_id);

-- Logins and registrations that are waiting for their next step. A row is used once.
CREATE TABLE ceremonies (
  id         TEXT   PRIMARY KEY, -- hash of what the browser was given
  kind       TEXT   NOT NULL,
  user_id    INTEGER NOT NULL, -- 0: not known yet
  data       TEXT   NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX ceremonies_expiry ON ceremonies (expires_at);
CREATE INDEX ceremonies_by_user ON ceremonies (user_id);
