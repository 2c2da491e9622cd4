-- +goose Up
-- What a group of presses writes, until the tables have it (sqlite_journal.go).
CREATE TABLE journal (
  n    INTEGER PRIMARY KEY, -- in the order of the commits
  body BLOB NOT NULL        -- empty once the tables have it
);
