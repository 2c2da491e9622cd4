-- name: CountUsers :one
SELECT count(*) FROM users
WHERE email > '' AND deleted_at = 0
  AND lower(email || ' ' || first_name || ' ' || last_name) LIKE lower(CAST(sqlc.arg(pattern) AS text)) ESCAPE '\'
  AND (CAST(sqlc.arg(any_role) AS boolean) OR role = sqlc.arg(role))
  AND (CAST(sqlc.arg(any_state) AS boolean) OR is_active = sqlc.arg(active));

-- name: CountOtherAdmins :one
SELECT count(*) FROM users WHERE role = 'admin' AND is_active AND id <> $1;

-- MarkDeleted removes what identifies the user, so the e-mail address is free at once.
-- name: MarkDeleted :execrows
UPDATE users SET
  deleted_at = sqlc.arg(deleted_at), deleted_by = sqlc.arg(deleted_by), email = sqlc.arg(placeholder), email_key = '', password_hash = '', is_active = false,
  role = 'user', first_name = '', last_name = '', wants_report_emails = false
WHERE id = sqlc.arg(user_id) AND deleted_at = 0;

-- name: DeletedUsers :many
SELECT id, deleted_by FROM users WHERE deleted_at > 0 ORDER BY deleted_at;

-- name: DeleteUser :exec
DELETE FROM users WHERE id = $1;

-- name: ForgetActor :exec
UPDATE security_log SET address = '' WHERE actor_id = $1;

-- name: SecurityLog :many
SELECT * FROM security_log
WHERE (at, id) < (CAST(sqlc.arg(before_at) AS bigint), CAST(sqlc.arg(before_id) AS text))
ORDER BY at DESC, id DESC LIMIT sqlc.arg(max_rows);

-- name: SecurityLogOfKind :many
SELECT * FROM security_log
WHERE kind = sqlc.arg(kind) AND (at, id) < (CAST(sqlc.arg(before_at) AS bigint), CAST(sqlc.arg(before_id) AS text))
ORDER BY at DESC, id DESC LIMIT sqlc.arg(max_rows);

-- name: SecurityLogOf :many
SELECT * FROM security_log
WHERE user_id = sqlc.arg(user_id)
  AND (at, id) < (CAST(sqlc.arg(before_at) AS bigint), CAST(sqlc.arg(before_id) AS text))
  AND (CAST(sqlc.arg(any_kind) AS boolean) OR kind = sqlc.arg(kind))
ORDER BY at DESC, id DESC LIMIT sqlc.arg(max_rows);
