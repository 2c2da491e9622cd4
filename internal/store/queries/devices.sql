-- name: AddDevice :exec
INSERT INTO devices (user_id, id, name, kind, created_at, last_used_at, last_address, presented)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: CountDevices :one
SELECT count(*) FROM devices WHERE user_id = sqlc.arg(user_id) AND last_used_at >= sqlc.arg(used_since);

-- name: Devices :many
SELECT * FROM devices WHERE user_id = sqlc.arg(user_id) AND last_used_at >= sqlc.arg(used_since)
ORDER BY created_at DESC, id;

-- RefreshDevice accepts the refresh token that was presented last, and its children.
-- name: RefreshDevice :one
UPDATE devices SET presented = sqlc.arg(presented), last_used_at = sqlc.arg(at), last_address = sqlc.arg(address)
WHERE user_id = sqlc.arg(user_id) AND id = sqlc.arg(id) AND last_used_at >= sqlc.arg(used_since)
  AND (presented = sqlc.arg(presented) OR presented = sqlc.arg(parent))
RETURNING *;

-- name: DeleteDevice :one
DELETE FROM devices WHERE user_id = $1 AND id = $2 RETURNING *;

-- name: DeleteDevicesOf :exec
DELETE FROM devices WHERE user_id = $1;

-- name: DeleteUnusedDevices :exec
DELETE FROM devices WHERE last_used_at < $1;

-- name: DeleteTokensOfDevice :exec
DELETE FROM tokens WHERE user_id = $1 AND device_id = $2;
