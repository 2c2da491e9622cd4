package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/raterhub-tracker/raterhub-tracker/bench/crowd"
	"github.com/raterhub-tracker/raterhub-tracker/bench/wire"
)

// attack is what somebody does to the program while others work.
type attack struct {
	name  string
	about string
	crowd func(t *target, address string) crowd.Crowd
}

func attackNames() []string {
	var names []string
	for _, a := range attackList() {
		names = append(names, a.name)
	}
	return names
}

// attackList returns the attacks in the order of the table.
func attackList() []attack {
	return append(slowAttacks(), []attack{
		{"oversized", "bodies that are too large", oversized},
		{"long-session", fmt.Sprintf("page and JSON of a session of %d entries, again and again", longSession), reads(func(v *villain) []string {
			return []string{"/dashboard/sessions/" + v.long, "/summary/" + v.long}
		})},
		{"crowded-day", fmt.Sprintf("page and JSON of a day with %d sessions, again and again", manySessions), reads(func(v *villain) []string {
			return []string{"/dashboard/today?date=" + v.crowdedDay, "/dashboard/today/json?date=" + v.crowdedDay}
		})},
		{"reports", "reports of a year, again and again", reads(func(v *villain) []string {
			return []string{"/dashboard/reports?from=" + v.from + "&to=" + v.to}
		})},
		{"downloads", "files of a year and of everything, again and again", reads(func(v *villain) []string {
			return []string{"/reports/questions.csv?from=" + v.from + "&to=" + v.to, "/me/export"}
		})},
		{"corrections", "corrections of the first question of a long session, and previews", corrections},
		{"late", "batches of presses into old sessions", latePresses},
		{"targets", "changes of a session's target", targets},
		{"presses", "presses of one user far above the rate", presses},
		{"logins", "passwords guessed from many addresses", logins},
		{"registrations", "registrations from many addresses", registrations},
		{"streams", "open pages of one user that follow presses, opened again and again", followers},
		{"hosts", "the widget's archive for made-up hosts", hosts},
	}...)
}

// slowAttacks returns the attacks of slow clients.
func slowAttacks() []attack {
	drip := func(atOnce func(t *target, address string) string, rest string) func(*target, string) crowd.Crowd {
		return func(t *target, address string) crowd.Crowd {
			return crowd.Crowd{Size: t.b.options.slow, Pace: time.Second, Act: func(ctx context.Context, a *crowd.Attacker) string {
				return a.Slowly(ctx, atOnce(t, address), rest)
			}}
		}
	}
	said := func(text string) func(*target, string) string { return func(*target, string) string { return text } }
	read := func(path func(t *target) string) func(*target, string) crowd.Crowd {
		return func(t *target, address string) crowd.Crowd {
			return crowd.Crowd{Size: t.b.options.slow, Pace: time.Second, Act: func(ctx context.Context, a *crowd.Attacker) string {
				return a.ReadSlowly(ctx, t.request(address, http.MethodGet, path(t), nil))
			}}
		}
	}
	const length = 60_000
	stranger := fmt.Sprintf("POST /auth/device/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", length)
	return []attack{
		{"silent", "slow clients: nothing is sent", drip(said(""), "")},
		{"slow-headers", "slow clients: headers byte by byte", drip(said("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "), strings.Repeat("x", length))},
		{"slow-bodies", "slow clients: bodies byte by byte", drip(said(stranger), strings.Repeat("x", length))},
		{"unfinished", "slow clients: large bodies without an end", drip(func(t *target, address string) string {
			return fmt.Sprintf("POST /events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
				address, t.token, length, strings.Repeat(" ", length-1000))
		}, strings.Repeat(" ", 900))},
		{"slow-archive", "slow clients: the widget's archive read byte by byte", read(func(*target) string { return "/widget/extension.zip" })},
		{"slow-page", "slow clients: a long page read byte by byte", read(func(t *target) string { return "/dashboard/sessions/" + t.long })},
	}
}

// oversized sends bodies that say how large they are, and others that do not.
func oversized(t *target, address string) crowd.Crowd {
	const most = 1 << 20
	head := fmt.Sprintf("Host: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n", address, t.token)
	chunk := fmt.Sprintf("%x\r\n%s\r\n", most+1, strings.Repeat(" ", most+1))
	requests := []string{
		"POST /events HTTP/1.1\r\n" + head + "Content-Length: 104857600\r\n\r\n",
		"POST /events/batch HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n" + chunk,
		"POST /auth/device/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk,
	}
	return crowd.Crowd{Size: 16, Pace: 200 * time.Millisecond, Act: func(ctx context.Context, a *crowd.Attacker) string {
		defer a.HangUp() // the server closes it, too
		return a.Ask(ctx, []byte(requests[a.Acts%len(requests)]))
	}}
}

// reads reads paths of the user again and again, on as many connections as may wait.
func reads(paths func(*villain) []string) func(*target, string) crowd.Crowd {
	return func(t *target, address string) crowd.Crowd {
		all := paths(t.villain)
		return crowd.Crowd{Size: 30, Pace: time.Second, Act: func(ctx context.Context, a *crowd.Attacker) string {
			return a.Ask(ctx, t.request(address, http.MethodGet, all[(a.Number+a.Acts)%len(all)], nil))
		}}
	}
}

func corrections(t *target, address string) crowd.Crowd {
	path := "/sessions/" + t.long + "/questions/" + t.question
	return crowd.Crowd{Size: 60, Pace: time.Second, Act: func(ctx context.Context, a *crowd.Attacker) string {
		seconds := (a.Number + a.Acts) % 9
		if a.Acts%4 == 0 {
			return a.Ask(ctx, t.request(address, http.MethodPatch, path, map[string]any{"active_seconds": seconds}))
		}
		return a.Ask(ctx, t.request(address, http.MethodPatch, path+"?preview=true", map[string]any{"active_seconds": seconds}))
	}}
}

// latePresses sends presses that belong into the sessions of the crowded day.
func latePresses(t *target, address string) crowd.Crowd {
	day, err := time.Parse(time.DateOnly, t.crowdedDay)
	if err != nil {
		panic(err) // formatted above
	}
	return crowd.Crowd{Size: 16, Pace: 200 * time.Millisecond, Act: func(ctx context.Context, a *crowd.Attacker) string {
		events := make([]map[string]any, batchEvents)
		for i := range events {
			at := day.Add(time.Hour + time.Duration(i*7+a.Number)*10*time.Second + 2*time.Second)
			events[i] = map[string]any{"id": uuid.NewString(), "type": "NEXT", "timestamp": at.Format(eventTime)}
		}
		return a.Ask(ctx, t.request(address, http.MethodPost, "/events/batch", map[string]any{"events": events}))
	}}
}

func targets(t *target, address string) crowd.Crowd {
	return crowd.Crowd{Size: 16, Pace: 50 * time.Millisecond, Act: func(ctx context.Context, a *crowd.Attacker) string {
		minutes := 1 + float64((a.Number+a.Acts)%50)/10
		return a.Ask(ctx, t.request(address, http.MethodPatch, "/sessions/"+t.long, map[string]any{"target_minutes_per_question": minutes}))
	}}
}

func presses(t *target, address string) crowd.Crowd {
	return crowd.Crowd{Size: 16, Pace: 50 * time.Millisecond, Act: func(ctx context.Context, a *crowd.Attacker) string {
		return a.Ask(ctx, t.request(address, http.MethodPost, "/events", map[string]any{"id": uuid.NewString(), "type": "NEXT"}))
	}}
}

func logins(t *target, address string) crowd.Crowd {
	return strangers(t, address, "/auth/login")
}

func registrations(t *target, address string) crowd.Crowd {
	return strangers(t, address, "/auth/register")
}

// strangers send the e-mail address and the password of somebody new each time.
func strangers(t *target, address, path string) crowd.Crowd {
	return crowd.Crowd{Size: 100, Pace: time.Second, Act: func(ctx context.Context, a *crowd.Attacker) string {
		person := map[string]any{"email": strings.ToLower(rand.Text()) + "@example.com", "password": "Aa1!" + rand.Text()}
		return a.Ask(ctx, t.strange(address, path, a.Acts<<8+a.Number, person))
	}}
}

// followers open pages that follow presses, and leave each after two seconds.
func followers(t *target, address string) crowd.Crowd {
	request := httpRequest(http.MethodGet, "/dashboard/live", nil, "Host: "+address, "Authorization: Bearer "+t.token, "Accept: text/event-stream")
	return crowd.Crowd{Size: 100, Pace: 500 * time.Millisecond, Act: func(ctx context.Context, _ *crowd.Attacker) string {
		conn, err := wire.Dial(ctx, address, time.Now().Add(grace))
		if err != nil {
			return crowd.Refused
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.Write(request); err != nil {
			return crowd.Cut
		}
		answer := crowd.Status(conn)
		if answer == "200" {
			_ = crowd.Wait(ctx, 2*time.Second) // at the end of the attack the page is left earlier
		}
		return answer
	}}
}

func hosts(*target, string) crowd.Crowd {
	return crowd.Crowd{Size: 16, Pace: 250 * time.Millisecond, Act: func(ctx context.Context, a *crowd.Attacker) string {
		return a.Ask(ctx, httpRequest(http.MethodGet, "/widget/extension.zip", nil, "Host: "+strings.ToLower(rand.Text())+".example.com"))
	}}
}
