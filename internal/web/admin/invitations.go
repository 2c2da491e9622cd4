package admin

import (
	"net/http"
	"strconv"
	"time"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/site"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/view"
	"github.com/raterhub-tracker/raterhub-tracker/internal/web/words"
)

const (
	invitationsPath = "/admin/invitations"
	defaultDays     = "7" // until an invitation ends
)

func (c *console) invitationsPage(w http.ResponseWriter, r *http.Request, v site.Visitor) error {
	m := view.Invitations{Days: view.Field{Value: defaultDays}}
	if r.URL.Query().Has("revoked") {
		m.Saved = "The invitation is revoked: its link works no more."
	}
	return c.showInvitations(w, r, http.StatusOK, v, m)
}

// showInvitations shows the open invitations. m says what the page adds.
func (c *console) showInvitations(w http.ResponseWriter, r *http.Request, status int, v site.Visitor, m view.Invitations) error {
	zone, err := site.ZoneOf(v.User)
	if err != nil {
		return err
	}
	open, err := c.Accounts.Invitations(r.Context())
	if err != nil {
		return err
	}
	if m.Open, err = c.invitationRows(r, open, zone); err != nil {
		return err
	}
	m.Zone = zone.String()
	m.Note, m.Closed = noteOf(c.Door), c.Door == account.DoorClosed
	frame := c.Frame(w, r, "Invitations", "admin", v.User)
	return site.Show(w, r, status, frame, view.InvitationsPage(frame, m))
}

// noteOf says what who may register means for invitations.
func noteOf(door account.Door) string {
	if door == account.DoorByInvite {
		return ""
	}
	if door == account.DoorClosed {
		return "This server takes no registrations (REGISTRATION is closed), so no invitation works. You can add users yourself."
	}
	return "Everybody can register on this server without an invitation. Only the operator can change that (REGISTRATION=invite)."
}

func (c *console) invitationRows(r *http.Request, open []account.Invitation, zone *time.Location) ([]view.Invitation, error) {
	people := c.newPeople(r)
	rows := make([]view.Invitation, len(open))
	for i, o := range open {
		rows[i] = view.Invitation{
			ID: o.ID, Name: o.Name(), For: forWhom(o), MadeBy: view.Person{Text: "the operator"},
			Made: words.Moment(o.MadeAt, zone), Ends: words.Moment(o.ExpiresAt, zone),
		}
		if o.MadeBy == 0 {
			continue
		}
		var err error
		if rows[i].MadeBy, err = people.find(o.MadeBy); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// forWhom says who can use an invitation.
func forWhom(i account.Invitation) string {
	if i.Email != "" {
		return i.Email
	}
	return "whoever has the link"
}

// invite makes an invitation. Its link is shown in this answer and nowhere else.
func (c *console) invite(s site.Submission) error {
	days, err := strconv.Atoi(s.Get("days"))
	if err != nil {
		days = 0 // which is refused
	}
	code, made, err := c.Accounts.Invite(s.R.Context(), s.Get("email"), days, c.By(s.R, s.Visitor))
	if err != nil {
		return err
	}
	zone, err := site.ZoneOf(s.User)
	if err != nil {
		return err
	}
	return c.showInvitations(s.W, s.R, http.StatusOK, s.Visitor, view.Invitations{
		Link: c.Origin(s.R) + "/register?invite=" + code, LinkFor: recipient(made), LinkEnds: words.Moment(made.ExpiresAt, zone),
		Days: view.Field{Value: defaultDays},
	})
}

func recipient(i account.Invitation) string {
	if i.Email != "" {
		return i.Email
	}
	return "one person"
}

func (c *console) inviteAgain(s site.Submission, refused site.Refusal) error {
	return c.showInvitations(s.W, s.R, refused.Status, s.Visitor, view.Invitations{
		Problem: refused.Above("email", "days"), Email: refused.Field("email"), Days: refused.Field("days"),
	})
}

func (c *console) revoke(s site.Submission) error {
	if err := c.Accounts.Revoke(s.R.Context(), s.Get("id"), c.By(s.R, s.Visitor)); err != nil {
		return err
	}
	site.GoOn(s.W, s.R, invitationsPath+"?revoked=yes")
	return nil
}
