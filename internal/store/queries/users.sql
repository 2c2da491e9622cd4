-- name: CreateUser :exec
INSERT INTO users (
  id, email, password_hash, is_active, role, first_name, last_name, timezone, target_micros,
  week_start, reporting_timezone, wants_report_emails, created_at, last_login_at,
  password_changed_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: UserByEmail :one
SELECT * FROM users WHERE email = $1;

-- name: UserByID :one
SELECT * FROM users WHERE id = $1 AND deleted_at = 0;

-- name: UpdateProfile :execrows
UPDATE users SET
  first_name = $1, last_name = $2, timezone = $3, target_micros = $4,
  week_start = $5, reporting_timezone = $6, wants_report_emails = $7
WHERE id = $8 AND deleted_at = 0;

-- name: UpdateRole :execrows
UPDATE users SET role = $1 WHERE id = $2 AND deleted_at = 0;

-- name: UpgradePasswordHash :exec
UPDATE users SET password_hash = sqlc.arg(to_hash)
WHERE id = sqlc.arg(user_id) AND password_hash = sqlc.arg(from_hash);

-- name: TouchLogin :execrows
UPDATE users SET last_login_at = $1
WHERE id = $2 AND password_changed_at = $3 AND is_active;

-- name: CreateToken :exec
INSERT INTO tokens (user_id, id, expires_at, device_id) VALUES ($1, $2, $3, $4);

-- name: DeleteToken :exec
DELETE FROM tokens WHERE user_id = $1 AND id = $2;

-- name: DeleteExpiredTokens :exec
DELETE FROM tokens WHERE expires_at < $1;
