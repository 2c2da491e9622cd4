-- name: Session :one
SELECT * FROM sessions WHERE user_id = $1 AND id = $2;

-- name: RecentSessions :many
SELECT * FROM sessions
WHERE user_id = sqlc.arg(user_id) AND NOT deleted
ORDER BY started_at DESC, id DESC
LIMIT sqlc.arg(max_rows);

-- name: SessionsStartedIn :many
SELECT * FROM sessions
WHERE user_id = sqlc.arg(user_id) AND started_at >= sqlc.arg(from_at) AND started_at < sqlc.arg(to_at)
  AND NOT deleted
ORDER BY started_at, id;

-- name: NextSessions :many
SELECT * FROM sessions
WHERE (user_id, id) > (CAST(sqlc.arg(after_user) AS bigint), CAST(sqlc.arg(after_id) AS text))
ORDER BY user_id, id
LIMIT sqlc.arg(max_rows);

-- name: NextSessionsOf :many
SELECT * FROM sessions
WHERE user_id = sqlc.arg(user_id) AND id > sqlc.arg(after_id)
ORDER BY id
LIMIT sqlc.arg(max_rows);

-- name: QuestionsIn :many
SELECT * FROM questions
WHERE user_id = sqlc.arg(user_id) AND started_at >= sqlc.arg(from_at) AND started_at < sqlc.arg(to_at)
ORDER BY started_at, ended_at, seq;

-- name: SessionQuestions :many
SELECT * FROM questions
WHERE user_id = sqlc.arg(user_id) AND started_at >= sqlc.arg(from_at) AND started_at <= sqlc.arg(to_at)
  AND session_id = sqlc.arg(session_id)
ORDER BY ended_at, seq;

-- name: SessionLog :many
SELECT * FROM events WHERE user_id = $1 AND session_id = $2;

