-- +goose Up
-- What all spellings of an e-mail address that count as one have in common (package
-- emailkey). '': a version before this one stored the user, and the key is not set yet, or
-- another user has it.
ALTER TABLE users ADD COLUMN email_key text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX users_by_email_key ON users (email_key) WHERE email_key <> '';
CREATE INDEX users_without_email_key ON users (id) WHERE email_key = '' AND deleted_at = 0;
