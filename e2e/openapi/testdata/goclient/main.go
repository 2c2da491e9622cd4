// Command goclient does a day's work with the client that oapi-codegen makes of the OpenAPI
// document. Its argument is the address of the server. It ends with an error that says what
// went wrong.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"
	openapi_types "github.com/oapi-codegen/runtime/types"
)

const (
	email    = "go@example.org"
	password = "Correct-Horse-7-Battery"
)

func main() {
	if err := work(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func work(ctx context.Context, server string) error {
	stranger, err := NewClientWithResponses(server)
	if err != nil {
		return err
	}
	if err := register(ctx, stranger); err != nil {
		return fmt.Errorf("register: %w", err)
	}
	token, err := logIn(ctx, stranger)
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	client, err := NewClientWithResponses(server, WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	if err != nil {
		return err
	}
	rater := rater{client: client, ids: map[string]uuid.UUID{}}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"set the zone", rater.setZone},
		{"press", rater.press},
		{"send a batch", rater.batch},
		{"read the session", rater.readSession},
		{"read the periods", rater.readPeriods},
		{"correct", rater.correct},
		{"log out", rater.logOut},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

func csrf(ctx context.Context, client *ClientWithResponses) (string, error) {
	answer, err := client.CsrfWithResponse(ctx)
	if err != nil || answer.JSON200 == nil {
		return "", unexpected(answer, err)
	}
	return answer.JSON200.CsrfToken, nil
}

func register(ctx context.Context, client *ClientWithResponses) error {
	token, err := csrf(ctx, client)
	if err != nil {
		return err
	}
	body := RegisterInputBody{Email: email, Password: password, FirstName: new("Ada")}
	answer, err := client.RegisterWithResponse(ctx, &RegisterParams{XCsrfToken: token}, body)
	if err != nil || answer.JSON200 == nil {
		return unexpected(answer, err)
	}
	again, err := client.RegisterWithResponse(ctx, &RegisterParams{XCsrfToken: token}, body)
	if err != nil || again.ApplicationproblemJSON409 == nil {
		return unexpected(again, err)
	}
	return nil
}

func logIn(ctx context.Context, client *ClientWithResponses) (string, error) {
	token, err := csrf(ctx, client)
	if err != nil {
		return "", err
	}
	params := LoginParams{XCsrfToken: token}
	wrong, err := client.LoginWithResponse(ctx, &params, LoginInputBody{Email: email, Password: "wrong"})
	if err != nil || wrong.ApplicationproblemJSON401 == nil || wrong.ApplicationproblemJSON401.SecondFactor != nil {
		return "", unexpected(wrong, err)
	}
	answer, err := client.LoginWithResponse(ctx, &params, LoginInputBody{Email: email, Password: password})
	if err != nil || answer.JSON200 == nil {
		return "", unexpected(answer, err)
	}
	return answer.JSON200.AccessToken, nil
}

// rater is somebody at work on 12 November 2025.
type rater struct {
	client  *ClientWithResponses
	ids     map[string]uuid.UUID // of events, by the time of day
	session uuid.UUID
}

var (
	day   = openapi_types.Date{Time: time.Date(2025, 11, 12, 0, 0, 0, 0, time.UTC)}
	month = "2025-11"
)

// event returns an event at a time of the day, such as "08:05:00". A repeat has the same
// id.
func (r *rater) event(kind PressBodyType, clock string) PressBody {
	at, err := time.Parse(time.RFC3339, "2025-11-12T"+clock+"Z")
	if err != nil {
		panic(err)
	}
	if _, ok := r.ids[clock]; !ok {
		r.ids[clock] = uuid.New()
	}
	return PressBody{Id: new(r.ids[clock]), Type: kind, Timestamp: &at}
}

func (r *rater) setZone(ctx context.Context) error {
	answer, err := r.client.ChangeMeWithResponse(ctx, ProfileBody{
		Timezone: new("Europe/Berlin"), ReportingTimezone: new("America/Los_Angeles"), TargetMinutes: new(5.0),
	})
	if err != nil || answer.JSON200 == nil || answer.JSON200.Timezone != "Europe/Berlin" || answer.JSON200.FirstName != "Ada" {
		return unexpected(answer, err)
	}
	return nil
}

func (r *rater) press(ctx context.Context) error {
	first := r.event(PressBodyTypeNEXT, "08:00:00")
	for _, e := range []PressBody{
		first, r.event(PressBodyTypeNEXT, "08:05:00"), r.event(PressBodyTypePAUSE, "08:06:00"), r.event(PressBodyTypePAUSE, "08:07:00"),
		r.event(PressBodyTypeNEXT, "08:10:00"), r.event(PressBodyTypeNEXT, "08:10:30"), r.event(PressBodyTypeUNDO, "08:10:40"),
	} {
		answer, err := r.client.EventWithResponse(ctx, e)
		if err != nil || answer.JSON200 == nil || answer.JSON200.Duplicate || answer.JSON200.EventId != *e.Id {
			return unexpected(answer, err)
		}
		r.session = answer.JSON200.SessionId
	}
	again, err := r.client.EventWithResponse(ctx, first)
	if err != nil || again.JSON200 == nil || !again.JSON200.Duplicate || again.JSON200.TotalQuestions != 3 {
		return unexpected(again, err)
	}
	return nil
}

func (r *rater) batch(ctx context.Context) error {
	tooOld := PressBody{Type: PressBodyTypeNEXT, Timestamp: new(time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC))}
	body := BatchSchema{Events: []PressBody{r.event(PressBodyTypeUNDO, "08:10:40"), tooOld, r.event(PressBodyTypeEXIT, "08:16:00")}}
	answer, err := r.client.EventBatchWithResponse(ctx, body)
	if err != nil || answer.JSON200 == nil || len(answer.JSON200.Results) != 3 {
		return unexpected(answer, err)
	}
	for i, want := range []BatchResultResult{Duplicate, Rejected, Accepted} {
		if got := answer.JSON200.Results[i].Result; got != want {
			return fmt.Errorf("event %d is %s, want %s", i, got, want)
		}
	}
	if answer.JSON200.Results[2].Answer.IsActive {
		return fmt.Errorf("the session runs after its EXIT: %s", answer.Body)
	}
	return nil
}

func (r *rater) readSession(ctx context.Context) error {
	recent, err := r.client.RecentWithResponse(ctx, &RecentParams{Limit: new(int64(1))})
	if err != nil || recent.JSON200 == nil || len(*recent.JSON200) != 1 || (*recent.JSON200)[0].SessionId != r.session {
		return unexpected(recent, err)
	}
	answer, err := r.client.SummaryWithResponse(ctx, r.session, nil)
	if err != nil || answer.JSON200 == nil || answer.JSON200.TotalActiveSeconds != 300+240+360 || len(answer.JSON200.Questions) != 3 {
		return unexpected(answer, err)
	}
	return nil
}

// readPeriods reads the day, the week and the month, which have the same questions.
func (r *rater) readPeriods(ctx context.Context) error {
	days, err := r.client.DayWithResponse(ctx, &DayParams{Date: &day})
	if err != nil || days.JSON200 == nil || days.JSON200.TotalQuestions != 3 || days.JSON200.HourlyActivity[9].TotalQuestions != 3 {
		return unexpected(days, err)
	}
	week, err := r.client.WeekWithResponse(ctx, &WeekParams{Date: &day})
	if err != nil || week.JSON200 == nil || week.JSON200.TotalQuestions != 3 || len(week.JSON200.Days) != 7 {
		return unexpected(week, err)
	}
	months, err := r.client.MonthWithResponse(ctx, &MonthParams{Month: &month})
	if err != nil || months.JSON200 == nil || months.JSON200.TotalQuestions != 3 || len(months.JSON200.Days) != 30 {
		return unexpected(months, err)
	}
	return nil
}

// correct adjusts, deletes and restores, and finds each change in the total.
func (r *rater) correct(ctx context.Context) error {
	answer, err := r.client.SummaryWithResponse(ctx, r.session, nil)
	if err != nil || answer.JSON200 == nil {
		return unexpected(answer, err)
	}
	first, last := answer.JSON200.Questions[0].Id, answer.JSON200.Questions[2].Id
	adjusted, err := r.client.AdjustQuestionWithResponse(ctx, r.session, first, nil, AdjustmentBody{ActiveSeconds: new(200.0)})
	if err := r.expectTotal(ctx, 200+240+360, adjusted, err); err != nil {
		return err
	}
	back, err := r.client.AdjustQuestionWithResponse(ctx, r.session, first, nil, AdjustmentBody{})
	if err := r.expectTotal(ctx, 300+240+360, back, err); err != nil {
		return err
	}
	deleted, err := r.client.DeleteQuestionWithResponse(ctx, r.session, last, nil)
	if err := r.expectTotal(ctx, 300+240, deleted, err); err != nil {
		return err
	}
	restored, err := r.client.RestoreQuestionWithResponse(ctx, r.session, last, nil)
	if err := r.expectTotal(ctx, 300+240+360, restored, err); err != nil {
		return err
	}
	gone, err := r.client.DeleteSessionWithResponse(ctx, r.session, nil)
	if err != nil || gone.JSON200 == nil {
		return unexpected(gone, err)
	}
	missing, err := r.client.SummaryWithResponse(ctx, r.session, nil)
	if err != nil || missing.ApplicationproblemJSON404 == nil {
		return unexpected(missing, err)
	}
	there, err := r.client.RestoreSessionWithResponse(ctx, r.session, nil)
	return r.expectTotal(ctx, 300+240+360, there, err)
}

// expectTotal fails unless a correction was accepted and the session then has this many
// active seconds.
func (r *rater) expectTotal(ctx context.Context, want float64, done answer, err error) error {
	if err != nil || done.StatusCode() != http.StatusOK {
		return unexpected(done, err)
	}
	summary, err := r.client.SummaryWithResponse(ctx, r.session, nil)
	if err != nil || summary.JSON200 == nil || summary.JSON200.TotalActiveSeconds != want {
		return unexpected(summary, err)
	}
	return nil
}

func (r *rater) logOut(ctx context.Context) error {
	answer, err := r.client.LogoutWithResponse(ctx)
	if err != nil || answer.JSON200 == nil {
		return unexpected(answer, err)
	}
	me, err := r.client.MeWithResponse(ctx)
	if err != nil || me.ApplicationproblemJSON401 == nil {
		return unexpected(me, err)
	}
	return nil
}

// answer is implemented by every answer of the generated client.
type answer interface {
	StatusCode() int
	GetBody() []byte
}

// unexpected returns err, or else an error with the answer, which is not as it should be.
func unexpected(got answer, err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("the server answered %d %s", got.StatusCode(), got.GetBody())
}
