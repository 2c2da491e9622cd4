-- name: AddInvitation :exec
INSERT INTO invitations (id, email, makes_admin, made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Invitation :one
SELECT * FROM invitations WHERE id = $1;

-- name: Invitations :many
SELECT * FROM invitations WHERE expires_at > sqlc.arg(at) AND NOT makes_admin
ORDER BY expires_at DESC LIMIT sqlc.arg(max_rows);

-- name: CountInvitations :one
SELECT count(*) FROM invitations WHERE expires_at > sqlc.arg(at) AND NOT makes_admin;

-- name: UseInvitation :one
DELETE FROM invitations WHERE id = sqlc.arg(id) AND expires_at > sqlc.arg(at) RETURNING *;

-- name: DeleteInvitation :execrows
DELETE FROM invitations WHERE id = $1;

-- name: DeleteInvitationsBy :exec
DELETE FROM invitations WHERE made_by = $1;

-- name: DeleteInvitationsOf :exec
DELETE FROM invitations WHERE email = (SELECT users.email FROM users WHERE users.id = $1);

-- name: DeleteExpiredInvitations :exec
DELETE FROM invitations WHERE expires_at < $1;

-- name: DeleteAdminInvitations :exec
DELETE FROM invitations WHERE made_by = 0 AND makes_admin;

-- TrimAdminInvitations keeps the newest ones, which are those that expire last.
-- name: TrimAdminInvitations :exec
DELETE FROM invitations WHERE made_by = 0 AND makes_admin AND expires_at <= (
  SELECT newer.expires_at FROM invitations AS newer WHERE newer.made_by = 0 AND newer.makes_admin
  ORDER BY newer.expires_at DESC LIMIT 1 OFFSET sqlc.arg(kept)
);
