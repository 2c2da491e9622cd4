-- +goose Up
-- A row is written and removed again in one transaction, to see whether writing works.
CREATE TABLE probes (id text NOT NULL PRIMARY KEY);
