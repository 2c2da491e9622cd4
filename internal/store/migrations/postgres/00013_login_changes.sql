-- +goose Up
-- PostgreSQL reads logins with each group of presses, and keeps none in memory.
SELECT 1;
