-- A parameter that is NULL leaves its column as it is, so that two changes of different
-- columns at the same moment both stay.
-- name: UpdateProfile :execrows
UPDATE users SET
  first_name = COALESCE(sqlc.narg(first_name), first_name),
  last_name = COALESCE(sqlc.narg(last_name), last_name),
  timezone = COALESCE(sqlc.narg(timezone), timezone),
  target_micros = COALESCE(sqlc.narg(target_micros), target_micros),
  week_start = COALESCE(sqlc.narg(week_start), week_start),
  reporting_timezone = COALESCE(sqlc.narg(reporting_timezone), reporting_timezone),
  day_start = COALESCE(sqlc.narg(day_start), day_start),
  forgotten_after_micros = COALESCE(sqlc.narg(forgotten_after_micros), forgotten_after_micros),
  wants_report_emails = COALESCE(sqlc.narg(wants_report_emails), wants_report_emails)
WHERE id = sqlc.arg(id) AND deleted_at = 0;

-- name: OwnersWithoutKey :many
SELECT id, email FROM users
WHERE email_key = '' AND deleted_at = 0 AND id > sqlc.arg(after)
ORDER BY id LIMIT sqlc.arg(max_rows);

-- An address in small ASCII letters is its own key, also while its column is empty.
-- name: CountKeyOwners :one
SELECT count(*) FROM users
WHERE email_key = sqlc.arg(key) AND email_key <> '' OR email = sqlc.arg(key);

-- name: SetEmailKey :execrows
UPDATE users SET email_key = sqlc.arg(key)
WHERE users.id = sqlc.arg(user_id) AND users.email_key = '' AND users.deleted_at = 0 AND NOT EXISTS (
  SELECT 1 FROM users AS other
  WHERE other.id <> sqlc.arg(user_id)
    AND (other.email_key = sqlc.arg(key) AND other.email_key <> '' OR other.email = sqlc.arg(key))
);

-- name: CountWithoutKey :one
SELECT count(*) FROM users WHERE id = $1 AND email_key = '' AND deleted_at = 0;

-- name: UpdateRole :execrows
UPDATE users SET role = $1 WHERE id = $2 AND deleted_at = 0;

-- name: UpgradePasswordHash :exec
UPDATE users SET password_hash = sqlc.arg(to_hash)
WHERE id = sqlc.arg(user_id) AND password_hash = sqlc.arg(from_hash);

-- name: TouchLogin :execrows
UPDATE users SET last_login_at = $1
WHERE id = $2 AND password_changed_at = $3 AND is_active;

-- name: CreateToken :exec
INSERT INTO tokens (user_id, id, expires_at, device_id, started_at, address, browser) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Logins :many
SELECT id, expires_at, started_at, address, browser FROM tokens
WHERE user_id = sqlc.arg(user_id) AND device_id = '' AND expires_at > sqlc.arg(at)
ORDER BY started_at DESC, id LIMIT sqlc.arg(max_rows);

-- name: DeleteLogin :one
DELETE FROM tokens WHERE user_id = $1 AND id = $2 AND device_id = ''
RETURNING id, expires_at, started_at, address, browser;

-- name: DeleteToken :exec
DELETE FROM tokens WHERE user_id = $1 AND id = $2;

-- name: DeleteExpiredTokens :exec
DELETE FROM tokens WHERE expires_at < $1;
