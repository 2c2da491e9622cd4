-- +goose Up
-- A question whose active time a person set by hand, and the event that says so.
ALTER TABLE events ADD COLUMN adjusted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE events ADD COLUMN adjusted_active INTEGER NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN adjusted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE questions ADD COLUMN adjusted_active INTEGER NOT NULL DEFAULT 0;
