-- +goose Up
-- What a login is known by in the list of one's logins: when it began, in microseconds since
-- 1970 UTC (0 if a version before this one began it), from which address, in which browser.
ALTER TABLE tokens ADD COLUMN started_at bigint NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN browser text NOT NULL DEFAULT '';
