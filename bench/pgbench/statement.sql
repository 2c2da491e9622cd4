-- The same three rows in one statement: one round trip, one transaction.
\set user_id :client_id + 1
WITH event AS (
    INSERT INTO events
    VALUES (:user_id, gen_random_uuid(), 1, 'NEXT',
            extract(epoch FROM now()) * 1000000, extract(epoch FROM now()) * 1000000)
), session AS (
    INSERT INTO sessions
    VALUES (:user_id, 1, extract(epoch FROM now()) * 1000000, extract(epoch FROM now()) * 1000000, 1)
    ON CONFLICT (user_id, session_id) DO UPDATE
    SET last_at = excluded.last_at, closed_questions = sessions.closed_questions + 1
)
INSERT INTO questions
VALUES (:user_id, gen_random_uuid(), 1,
        extract(epoch FROM now()) * 1000000, extract(epoch FROM now()) * 1000000, 0);
