-- +goose Up
-- A question whose active time a person set by hand, and the event that says so.
ALTER TABLE events ADD COLUMN adjusted boolean NOT NULL DEFAULT false;
ALTER TABLE events ADD COLUMN adjusted_active bigint NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN adjusted boolean NOT NULL DEFAULT false;
ALTER TABLE questions ADD COLUMN adjusted_active bigint NOT NULL DEFAULT 0;
