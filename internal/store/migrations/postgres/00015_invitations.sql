-- +goose Up
-- Whoever has the code of an invitation may register with it, once. The code is not stored.
CREATE TABLE invitations (
  id          text NOT NULL PRIMARY KEY, -- SHA-256 of the code
  email       text NOT NULL,             -- who may use it; '' is whoever has the code
  makes_admin boolean NOT NULL,          -- for the first admin of the server
  made_by     bigint NOT NULL,           -- the admin; 0: the operator
  made_at     bigint NOT NULL,           -- microseconds since 1970 UTC, as is expires_at
  expires_at  bigint NOT NULL
);
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE INDEX invitations_by_maker ON invitations (made_by, expires_at);
CREATE INDEX invitations_by_email ON invitations (email);
