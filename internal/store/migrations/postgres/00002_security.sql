-- +goose Up
-- Times are microseconds since 1970 UTC; 0 means none.

-- Never the same for two passwords of a user.
ALTER TABLE users ADD COLUMN password_changed_at bigint NOT NULL DEFAULT 0;

-- Passwords before the present one, so that they are not chosen again.
CREATE TABLE password_history (
  user_id     bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  replaced_at bigint NOT NULL,
  hash        text   NOT NULL,
  PRIMARY KEY (user_id, replaced_at, hash)
);

-- What happened to accounts. Rows are only added, and removed when they are old.
-- Without a foreign key: what was done to an account outlives it.
CREATE TABLE security_log (
  user_id  bigint NOT NULL, -- whose account; 0: none is known
  at       bigint NOT NULL,
  id       text   NOT NULL,
  actor_id bigint NOT NULL, -- who did it; 0: nobody who was logged in
  kind     text   NOT NULL,
  address  text   NOT NULL,
  detail   text   NOT NULL,
  PRIMARY KEY (user_id, at, id)
);
CREATE INDEX security_log_age ON security_log (at);

-- Authenticator apps: one a user.
CREATE TABLE totp (
  user_id   bigint  PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  secret    text    NOT NULL, -- sealed
  confirmed boolean NOT NULL,
  last_step bigint  NOT NULL  -- of the newest code that was accepted
);

-- A recovery code can be used while its row exists.
CREATE TABLE recovery_codes (
  user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash    text   NOT NULL,
  PRIMARY KEY (user_id, hash)
);

CREATE TABLE passkeys (
  user_id      bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id           text   NOT NULL,
  name         text   NOT NULL,
  credential   text   NOT NULL,
  created_at   bigint NOT NULL,
  last_used_at bigint NOT NULL,
  PRIMARY KEY (user_id, id)
);

-- The user that an identity provider's account logs in as.
CREATE TABLE identities (
  issuer  text   NOT NULL,
  subject text   NOT NULL,
  user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id);

-- Logins and registrations that are waiting for their next step. A row is used once.
CREATE TABLE ceremonies (
  id         text   PRIMARY KEY, -- hash of what the browser was given
  kind       text   NOT NULL,
  user_id    bigint NOT NULL, -- 0: not known yet
  data       text   NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX ceremonies_expiry ON ceremonies (expires_at);
CREATE INDEX ceremonies_by_user ON ceremonies (user_id);

-- When each key last did what is limited, for all replicas.
CREATE TABLE counters (
  key        text     PRIMARY KEY,
  times      bigint[] NOT NULL,
  expires_at bigint   NOT NULL
) WITH (fillfactor = 50); -- room for the update of every request on the same page
CREATE INDEX counters_expiry ON counters (expires_at);
