-- +goose Up
-- Only SQLite has a journal in front of the tables.
SELECT 1;
