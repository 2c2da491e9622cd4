package httpapi

import (
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
	"github.com/raterhub-tracker/raterhub-tracker/internal/report"
	"github.com/raterhub-tracker/raterhub-tracker/internal/timeline"
	"github.com/raterhub-tracker/raterhub-tracker/internal/tracker"
)

// answerBody tells a client what became of its event, and everything that it needs to draw
// the clock.
type answerBody struct {
	Status          string    `json:"status" enum:"ok"`
	Message         string    `json:"message" doc:"What happened, for the person."`
	ServerTimestamp time.Time `json:"server_timestamp" doc:"The server's clock."`
	EventID         string    `json:"event_id" format:"uuid"`
	Duplicate       bool      `json:"duplicate" doc:"The event was recorded before; nothing changed."`
	SessionID       string    `json:"session_id" format:"uuid"`
	TotalQuestions  int       `json:"total_questions" doc:"Closed questions, the opening question included."`
	LastEventType   string    `json:"last_event_type" enum:"NEXT,PAUSE,UNDO,EXIT"`

	LastQuestionIndex         int      `json:"last_question_index" doc:"Of the last closed question, the opening question counted as 1."`
	LastQuestionActiveSeconds *float64 `json:"last_question_active_seconds" doc:"Of the question that the event closed; null if it closed none."`
	LastQuestionRawSeconds    *float64 `json:"last_question_raw_seconds" doc:"The same with its pauses."`
	LastQuestionActiveMMSS    *string  `json:"last_question_active_mmss" doc:"The active seconds as MM:SS."`

	IsActive                 bool       `json:"is_active"`
	IsPaused                 bool       `json:"is_paused"`
	CurrentQuestionIndex     int        `json:"current_question_index" doc:"The opening question counted as 1."`
	CurrentQuestionStartedAt *time.Time `json:"current_question_started_at" doc:"Null when no question runs."`
	PausedAt                 *time.Time `json:"paused_at" doc:"Start of the open pause."`
	PauseAccumulatedSeconds  float64    `json:"pause_accumulated_seconds" doc:"Sum of the current question's pauses that are over."`
	TargetMinutes            float64    `json:"target_minutes_per_question" doc:"Of the current question: the high value of its AET, or the session's target."`
}

func answerOf(a tracker.Answer) *answerBody {
	state := a.State
	if state.Deleted {
		state.Phase, state.Current = timeline.Ended, timeline.Current{} // nothing runs in a deleted session
	}
	current := timeline.Question{Task: state.Current.Task}
	body := &answerBody{
		Status: "ok", Message: messageOf(a), ServerTimestamp: a.At.Time(),
		EventID: a.EventID, Duplicate: a.Duplicate, SessionID: a.SessionID,
		TotalQuestions: state.Closed, LastEventType: string(a.Type), LastQuestionIndex: a.Answered.Index,
		IsActive: state.Active(), IsPaused: state.Phase == timeline.Paused,
		CurrentQuestionIndex:     state.CurrentIndex(),
		CurrentQuestionStartedAt: timeOrNull(state.Current.StartedAt),
		PausedAt:                 timeOrNull(state.Current.PausedAt),
		PauseAccumulatedSeconds:  state.Current.Paused.Seconds(),
		TargetMinutes:            current.Target(state.Target).Minutes(),
	}
	if a.Answered.Closed {
		active, raw, mmss := a.Answered.Active.Seconds(), a.Answered.Raw.Seconds(), report.MMSS(a.Answered.Active)
		body.LastQuestionActiveSeconds, body.LastQuestionRawSeconds, body.LastQuestionActiveMMSS = &active, &raw, &mmss
	}
	return body
}

func messageOf(a tracker.Answer) string {
	switch {
	case a.Duplicate:
		return "recorded before, nothing changed"
	case a.Type == timeline.Pause && a.State.Phase == timeline.Paused:
		return "paused"
	case a.Type == timeline.Pause && a.State.Active():
		return "running"
	case a.Type == timeline.Exit && !a.State.Active():
		return "session ended"
	case a.HasCut:
		return "question closed; the session was full, so the next one has begun"
	case a.Answered.Closed && a.State.Counted == 0:
		return "session started"
	case a.Answered.Closed:
		return "question " + strconv.Itoa(a.State.Counted) + " closed"
	}
	return string(a.Type) + " recorded"
}

type answerOutput struct {
	Body *answerBody `doc:"The event is on disk; this is the state after it."`
}

// batchSchema is batchBody with its events in their own form, for the document.
type batchSchema struct {
	SentAt string      `json:"sent_at,omitempty" nullable:"true" format:"date-time" doc:"The client's clock when it sends: it corrects a skewed clock. An event may have its own."`
	Events []PressBody `json:"events" nullable:"false" minItems:"1" maxItems:"500"`
}

type batchOutput struct {
	Body batchResults `doc:"The accepted events are on disk; the others say why they are not."`
}

type batchResults struct {
	Results []batchResult `json:"results" nullable:"false" doc:"One per event, in the same order."`
}

type batchResult struct {
	EventID string      `json:"event_id,omitempty" format:"uuid"`
	Result  string      `json:"result" enum:"accepted,duplicate,rejected"`
	Status  int         `json:"status" doc:"The status that the event would have got by itself."`
	Reason  string      `json:"reason,omitempty" doc:"Why it was rejected."`
	Answer  *answerBody `json:"answer,omitempty"`
}

func (a *api) registerEvents(mux httpx.Mux) {
	op := forWidget(operation("POST /events", "event", tagEvents, "Record an event",
		"NEXT closes the current question and opens the next; the first one starts a session. PAUSE pauses and resumes, "+
			"EXIT ends the session, UNDO reopens the last question. Give an id and send the event until it is answered: "+
			"the same id is recorded once."))
	registerRecording[answerOutput](a, mux, recording{
		op:   mayFail(op, http.StatusConflict, http.StatusTooManyRequests),
		body: reflect.TypeFor[PressBody](), about: "The event.", handle: a.event,
	})

	op = forWidget(operation("POST /events/batch", "event-batch", tagEvents, "Record up to 500 events in one write",
		"Applies the events in order, each as POST /events would. One that is refused does not stop the others. "+
			"A call counts once against the rate limit."))
	registerRecording[batchOutput](a, mux, recording{
		op:   mayFail(op, http.StatusTooManyRequests),
		body: reflect.TypeFor[batchSchema](), about: "The events, oldest first.", handle: a.eventBatch,
	})
}

func (a *api) event(w http.ResponseWriter, r *http.Request) (answer any, err error) {
	from, err := a.sender(r)
	if err != nil {
		return nil, err
	}
	press, unreadable := readPress(w, r)
	if unreadable != nil { // it counts too, and says nothing to a stranger
		if _, err := a.admit(r); err != nil {
			return nil, err
		}
		return nil, unreadable
	}
	outcomes, err := a.Tracker.RecordFrom(r.Context(), from, []tracker.Press{press}, 0)
	if errors.Is(err, tracker.ErrLoggedOut) {
		return nil, account.ErrUnauthenticated
	}
	if err != nil {
		return nil, err
	}
	if outcomes[0].Err != nil {
		return nil, outcomes[0].Err
	}
	return answerOf(outcomes[0].Answer), nil
}

func readPress(w http.ResponseWriter, r *http.Request) (tracker.Press, error) {
	body, err := httpx.ReadJSON(w, r, httpx.MaxBody)
	if err != nil {
		return tracker.Press{}, err
	}
	return decodePress(body)
}

// eventBatch records the events that can be read, and answers for the unreadable ones too.
// Its body is large, so the sender is admitted before it is read.
func (a *api) eventBatch(w http.ResponseWriter, r *http.Request) (answer any, err error) {
	rater, err := a.admit(r)
	if err != nil {
		return nil, err
	}
	body, err := httpx.ReadJSON(w, r, httpx.MaxBatchBody)
	if err != nil {
		return nil, err
	}
	batch, sentAt, err := decodeBatch(body)
	if err != nil {
		return nil, err
	}
	results := make([]batchResult, len(batch))
	var presses []tracker.Press
	var positions []int // positions in results of the presses
	for i, raw := range batch {
		press, err := decodePress(raw)
		if err != nil {
			results[i] = rejected(press.ID, err)
			continue
		}
		presses, positions = append(presses, press), append(positions, i)
	}
	outcomes, err := a.Tracker.Record(r.Context(), rater, presses, sentAt)
	if err != nil {
		return nil, err
	}
	for i, outcome := range outcomes {
		results[positions[i]] = resultOf(presses[i], outcome)
	}
	return batchResults{Results: results}, nil
}

func resultOf(press tracker.Press, outcome tracker.Outcome) batchResult {
	if outcome.Err != nil {
		return rejected(press.ID, outcome.Err)
	}
	answer := answerOf(outcome.Answer)
	result := batchResult{EventID: answer.EventID, Result: "accepted", Status: http.StatusOK, Answer: answer}
	if answer.Duplicate {
		result.Result = "duplicate"
	}
	return result
}

func rejected(id string, err error) batchResult {
	problem := httpx.ProblemOf(err)
	return batchResult{EventID: id, Result: "rejected", Status: problem.Status, Reason: problem.Detail}
}
