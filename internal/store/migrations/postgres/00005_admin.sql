-- +goose Up
-- Microseconds since 1970 UTC; 0: not deleted. A user whose deletion has begun: what is
-- left of theirs is removed in steps, this row last.
ALTER TABLE users ADD COLUMN deleted_at bigint NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN deleted_by bigint NOT NULL DEFAULT 0; -- who did it; 0: nobody who was logged in
CREATE INDEX users_by_role ON users (role);
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at > 0;

-- The log of everybody is read from its newest event on.
CREATE INDEX security_log_newest ON security_log (at, id);
CREATE INDEX security_log_by_kind ON security_log (kind, at, id);
CREATE INDEX security_log_by_actor ON security_log (actor_id);
DROP INDEX security_log_age;
