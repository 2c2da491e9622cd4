-- +goose Up
-- A number that changes whenever a login may have ended: so the process that records
-- presses keeps logins in memory and asks for this number alone.
CREATE TABLE login_changes (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  n  INTEGER NOT NULL
);
INSERT INTO login_changes (id, n) VALUES (1, 0);

-- +goose StatementBegin
CREATE TRIGGER tokens_ended AFTER DELETE ON tokens BEGIN
  UPDATE login_changes SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tokens_changed AFTER UPDATE ON tokens BEGIN
  UPDATE login_changes SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_changed AFTER UPDATE OF id, is_active, target_micros ON users BEGIN
  UPDATE login_changes SET n = n + 1;
END;
-- +goose StatementEnd
