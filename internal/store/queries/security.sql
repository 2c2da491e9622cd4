-- name: ReplacePassword :execrows
UPDATE users SET password_hash = sqlc.arg(to_hash), password_changed_at = sqlc.arg(changed_at)
WHERE id = sqlc.arg(user_id) AND password_hash = sqlc.arg(from_hash);

-- name: UpdateActive :execrows
UPDATE users SET is_active = $1 WHERE id = $2 AND deleted_at = 0;

-- name: DeleteTokensOf :exec
DELETE FROM tokens WHERE user_id = $1;

-- name: DeleteOtherTokens :exec
DELETE FROM tokens WHERE user_id = $1 AND id <> $2;

-- name: AddOldPassword :exec
INSERT INTO password_history (user_id, replaced_at, hash) VALUES ($1, $2, $3)
ON CONFLICT (user_id, replaced_at, hash) DO NOTHING;

-- name: OldPasswords :many
SELECT * FROM password_history WHERE user_id = sqlc.arg(user_id)
ORDER BY replaced_at DESC, hash LIMIT sqlc.arg(max_rows);

-- name: ForgetOldPasswords :exec
DELETE FROM password_history WHERE user_id = sqlc.arg(user_id) AND replaced_at < sqlc.arg(before);

-- name: AddSecurityEvent :exec
INSERT INTO security_log (user_id, at, id, actor_id, kind, address, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: SecurityEvents :many
SELECT * FROM security_log WHERE user_id = sqlc.arg(user_id)
ORDER BY at DESC, id DESC LIMIT sqlc.arg(max_rows);

-- name: DeleteSecurityEvents :exec
DELETE FROM security_log WHERE at < $1;

-- name: DeleteStrangersEvents :exec
DELETE FROM security_log WHERE user_id = 0 AND at < $1;

-- name: PutTOTP :execrows
INSERT INTO totp (user_id, secret, confirmed, last_step) VALUES ($1, $2, false, 0)
ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0
WHERE NOT totp.confirmed;

-- name: TOTP :one
SELECT * FROM totp WHERE user_id = $1;

-- name: UseTOTPStep :execrows
UPDATE totp SET last_step = sqlc.arg(step), confirmed = true
WHERE user_id = sqlc.arg(user_id) AND secret = sqlc.arg(secret) AND last_step < sqlc.arg(step);

-- name: ResealTOTP :exec
UPDATE totp SET secret = sqlc.arg(to_secret)
WHERE user_id = sqlc.arg(user_id) AND secret = sqlc.arg(from_secret);

-- name: NextTOTP :many
SELECT * FROM totp WHERE user_id > sqlc.arg(after) ORDER BY user_id LIMIT sqlc.arg(max_rows);

-- name: DeleteTOTP :execrows
DELETE FROM totp WHERE user_id = $1;

-- LockUser changes nothing: it holds the user's row until the transaction ends, so
-- that another which replaces rows of the same user comes before or after.
-- name: LockUser :exec
UPDATE users SET is_active = is_active WHERE id = $1;

-- name: AddRecoveryCode :exec
INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2);

-- name: CountRecoveryCodes :one
SELECT count(*) FROM recovery_codes WHERE user_id = $1;

-- name: UseRecoveryCode :execrows
DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2;

-- name: DeleteRecoveryCodes :exec
DELETE FROM recovery_codes WHERE user_id = $1;

-- name: AddPasskey :exec
INSERT INTO passkeys (user_id, id, name, credential, created_at, last_used_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: Passkeys :many
SELECT * FROM passkeys WHERE user_id = $1 ORDER BY created_at, id;

-- name: UsePasskey :execrows
UPDATE passkeys SET credential = sqlc.arg(to_credential), last_used_at = sqlc.arg(used_at)
WHERE user_id = sqlc.arg(user_id) AND id = sqlc.arg(id) AND credential = sqlc.arg(from_credential);

-- name: DeletePasskey :execrows
DELETE FROM passkeys WHERE user_id = $1 AND id = $2;

-- name: DeletePasskeys :exec
DELETE FROM passkeys WHERE user_id = $1;

-- name: AddIdentity :exec
INSERT INTO identities (issuer, subject, user_id) VALUES ($1, $2, $3);

-- name: Identities :many
SELECT * FROM identities WHERE user_id = $1 ORDER BY issuer, subject;

-- name: HoldUser :execrows
UPDATE users SET last_login_at = last_login_at
WHERE id = $1 AND password_changed_at = $2 AND is_active;

-- name: DeleteIdentities :execrows
DELETE FROM identities WHERE user_id = $1;

-- name: DeleteCeremoniesOf :exec
DELETE FROM ceremonies WHERE user_id = $1;

-- name: AddCeremony :exec
INSERT INTO ceremonies (id, kind, user_id, data, expires_at) VALUES ($1, $2, $3, $4, $5);

-- name: Ceremony :one
SELECT * FROM ceremonies WHERE id = $1;

-- name: UseCeremony :one
DELETE FROM ceremonies WHERE id = $1 RETURNING *;

-- name: DeleteCeremonies :exec
DELETE FROM ceremonies WHERE expires_at < $1;
