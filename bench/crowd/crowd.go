// Package crowd is many attackers who all do the same to a server, at a bounded rate.
package crowd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/bench/wire"
)

// Crowd is attackers who all do the same again and again, at a rate that is bounded: beyond it the
// attack would measure the load generator, with which the program shares the machine.
type Crowd struct {
	Size int
	Pace time.Duration // of each: the least time from the beginning of one act to that of the next
	Act  func(ctx context.Context, a *Attacker) (answer string)
}

// Attacker is one of a crowd. Only one goroutine may use it.
type Attacker struct {
	Address string
	Number  int // in the crowd
	Acts    int // so far
	conn    *wire.Conn
}

// Run lets the crowd attack until ctx ends, and returns what it was answered.
func (c Crowd) Run(ctx context.Context, address string) (all Tally) {
	parts := make([]Tally, c.Size)
	start := time.Now()
	var group sync.WaitGroup
	for i := range parts {
		group.Go(func() {
			a := &Attacker{Address: address, Number: i}
			defer a.HangUp()
			first := start.Add(c.Pace * time.Duration(i) / time.Duration(c.Size))
			parts[i] = c.attack(ctx, a, first)
		})
	}
	group.Wait()
	all.Answers = map[string]int{}
	for _, part := range parts {
		for answer, n := range part.Answers {
			all.Answers[answer] += n
		}
	}
	return all
}

func (c Crowd) attack(ctx context.Context, a *Attacker, first time.Time) Tally {
	said := map[string]int{}
	for ; ; a.Acts++ {
		due := first.Add(time.Duration(a.Acts) * c.Pace)
		if late := time.Since(due); late > c.Pace {
			first = first.Add(late) // what was missed is not made up for
		}
		if Wait(ctx, time.Until(due)) != nil {
			return Tally{Answers: said}
		}
		answer := c.Act(ctx, a)
		if ctx.Err() != nil {
			return Tally{Answers: said}
		}
		said[answer]++
	}
}

// Ask makes one request, on the connection that is still open or else on a new one, and returns the
// status of the answer.
func (a *Attacker) Ask(ctx context.Context, request []byte) string {
	var body bytes.Buffer
	for {
		wasOpen := a.conn != nil
		if !wasOpen {
			var err error
			if a.conn, err = wire.Dial(ctx, a.Address, time.Time{}); err != nil {
				return Refused
			}
		}
		conn := a.conn
		status, err := func() (int, error) {
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			return conn.RoundTrip(request, &body)
		}()
		if err == nil {
			return strconv.Itoa(status)
		}
		a.HangUp()
		if !wasOpen || ctx.Err() != nil {
			return Cut
		}
		body.Reset() // the server may have closed it after the answer before
	}
}

// HangUp closes the connection that Ask left open.
func (a *Attacker) HangUp() {
	if a.conn != nil {
		_ = a.conn.Close()
		a.conn = nil
	}
}

// What an attacker hears when there is no answer.
const (
	Refused = "refused" // no connection
	Cut     = "cut"     // the connection was closed
)

// Tally is what a crowd was answered, and how often.
type Tally struct {
	Answers map[string]int
	Took    time.Duration
}

// PerSecond is how often anything was answered.
func (t Tally) PerSecond() float64 {
	sum := 0
	for _, n := range t.Answers {
		sum += n
	}
	return float64(sum) / t.Took.Seconds()
}

// String names the answers, the most frequent first.
func (t Tally) String() string {
	names := slices.SortedFunc(maps.Keys(t.Answers), func(x, y string) int {
		if n := t.Answers[y] - t.Answers[x]; n != 0 {
			return n
		}
		return strings.Compare(x, y)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s: %d", name, t.Answers[name])
	}
	if len(names) == 0 {
		return "none yet"
	}
	return strings.Join(names, ", ")
}

// slowPace is the time between two bytes of a slow client.
const slowPace = 500 * time.Millisecond

// Slowly sends the first part of a request at once and of the rest a byte now and then, and returns
// the status that it is answered with.
func (a *Attacker) Slowly(ctx context.Context, atOnce, rest string) string {
	conn, err := wire.Dial(ctx, a.Address, time.Time{})
	if err != nil {
		return Refused
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	ended := make(chan string, 1)
	go func() { ended <- Status(conn) }()
	if _, err := conn.Write([]byte(atOnce)); err != nil {
		return <-ended
	}
	ticks := time.NewTicker(slowPace)
	defer ticks.Stop()
	for {
		select {
		case answer := <-ended:
			return answer
		case <-ticks.C:
		}
		if len(rest) == 0 {
			continue
		}
		if _, err := conn.Write([]byte(rest[:1])); err != nil {
			return <-ended
		}
		rest = rest[1:]
	}
}

// Status reads the status of an answer, or says that the connection ended without one.
func Status(conn *wire.Conn) string {
	status, err := conn.Status()
	if err != nil {
		return Cut
	}
	return strconv.Itoa(status)
}

// smallBuffer is how much the system of a slow reader takes before the reader does.
const smallBuffer = 2 << 10

// ReadSlowly makes a request and reads a byte of the answer now and then, until the connection is
// closed.
func (a *Attacker) ReadSlowly(ctx context.Context, request []byte) string {
	conn, err := wire.Dial(ctx, a.Address, time.Time{})
	if err != nil {
		return Refused
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if tcp, ok := conn.Conn.(*net.TCPConn); ok {
		err = tcp.SetReadBuffer(smallBuffer)
	}
	if _, writeErr := conn.Write(request); errors.Join(err, writeErr) != nil {
		return Cut
	}
	var one [1]byte
	for answer := "cut before the status"; ; {
		if _, err := conn.Read(one[:]); err != nil {
			return answer
		}
		answer = "cut while it was read"
		if Wait(ctx, slowPace) != nil {
			return answer
		}
	}
}

// Wait returns early only when ctx ends.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
