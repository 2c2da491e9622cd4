// Package signals tells the replicas on one PostgreSQL database whose logs changed, by NOTIFY
// and LISTEN.
package signals

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/live"
)

const (
	// signalChannel is the channel on which replicas announce changes.
	signalChannel = "raterhub_changed"
	// maxSignal is the longest payload: PostgreSQL takes less than 8000 bytes.
	maxSignal = 7000
	// listenCheck is how long a connection may be silent before it is checked.
	listenCheck = 30 * time.Second
	// listenCheckTimeout is how long it may take to answer.
	listenCheckTimeout = 5 * time.Second
)

// Signals implements live.Signals. A NOTIFY is not part of the transactions that write: a
// commit with one holds a lock of the whole server, so the replicas' commits would wait for
// each other.
type Signals struct {
	pool   *pgxpool.Pool
	config *pgx.ConnConfig
	sender string // of this process, so that it does not hear itself
}

var _ live.Signals = (*Signals)(nil)

// New returns Signals that notify on a pool and listen on a connection of their own, which
// must keep its session.
func New(pool *pgxpool.Pool, listen *pgx.ConnConfig) *Signals {
	return &Signals{pool: pool, config: listen, sender: rand.Text()}
}

// publishSQL does not wait for the disk: after a crash everybody reads again anyway.
const publishSQL = `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, payload)
	FROM unnest($2::text[]) AS payload`

// Publish implements live.Signals.
func (s *Signals) Publish(ctx context.Context, users []int64) (err error) {
	defer fault.Wrap(&err, "notifying other processes")
	_, err = s.pool.Exec(ctx, publishSQL, signalChannel, signalsOf(s.sender, users))
	return err
}

// Listen implements live.Signals, on a connection of its own.
func (s *Signals) Listen(ctx context.Context, listening func(), changed func([]int64)) error {
	conn, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return fmt.Errorf("connecting to listen: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it may be broken already
	if _, err := conn.Exec(ctx, "LISTEN "+signalChannel); err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	listening()
	for {
		payload, err := nextSignal(ctx, conn)
		if err != nil {
			return fmt.Errorf("waiting for a notification: %w", err)
		}
		if sender, users := readSignal(payload); sender != s.sender {
			changed(users)
		}
	}
}

// nextSignal waits for a payload. It checks a silent connection, because it would otherwise
// wait on one that broke without notice until TCP gives up.
func nextSignal(ctx context.Context, conn *pgx.Conn) (payload string, _ error) {
	for {
		waiting, cancel := context.WithTimeout(ctx, listenCheck)
		n, err := conn.WaitForNotification(waiting)
		cancel()
		switch {
		case err == nil:
			return n.Payload, nil
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return "", err
		}
		asking, cancel := context.WithTimeout(ctx, listenCheckTimeout)
		err = conn.Ping(asking)
		cancel()
		if err != nil {
			return "", err
		}
	}
}

// signalsOf writes users into as few payloads as fit: the sender and, each after a
// space, the users in base 36.
func signalsOf(sender string, users []int64) []string {
	var payloads []string
	payload := []byte(sender)
	for _, user := range users {
		if len(payload) > maxSignal {
			payloads = append(payloads, string(payload))
			payload = append(payload[:0], sender...)
		}
		payload = strconv.AppendInt(append(payload, ' '), user, 36)
	}
	return append(payloads, string(payload))
}

// readSignal reads a payload. It skips what is not a user's number.
func readSignal(payload string) (sender string, users []int64) {
	sender, rest, _ := strings.Cut(payload, " ")
	for text := range strings.FieldsSeq(rest) {
		if user, err := strconv.ParseInt(text, 36, 64); err == nil {
			users = append(users, user)
		}
	}
	return sender, users
}
