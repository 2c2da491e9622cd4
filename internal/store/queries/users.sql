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
