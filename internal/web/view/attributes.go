package view

import (
	"strconv"

	"github.com/a-h/templ"
)

// invalid ties a field to what is wrong with it.
func invalid(name string, f Field) templ.Attributes {
	if f.Problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": name + "-problem"}
}

// described ties a field of one line to what is wrong with it, and to its hint.
func described(name string, f Field) templ.Attributes {
	about := invalid(name, f)
	if f.Hint == "" {
		return about
	}
	if about == nil {
		return templ.Attributes{"aria-describedby": name + "-hint"}
	}
	about["aria-describedby"] = name + "-problem " + name + "-hint"
	return about
}

// adjustAttributes ties the field of a question's active time to the texts about it.
func adjustAttributes(q Question) templ.Attributes {
	about := q.Anchor + "-why " + q.Anchor + "-how"
	if q.Adjust.Problem == "" {
		return templ.Attributes{"aria-describedby": about}
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": q.Anchor + "-problem " + about}
}

// clockAttributes name the section of the clock, and tell the script where the clock stands.
func clockAttributes(m *Running) templ.Attributes {
	if m == nil {
		return templ.Attributes{"aria-label": "Clock"}
	}
	return templ.Attributes{
		"aria-label": "Running question", "data-clock": m.Active, "data-paused": m.Paused,
		"data-target": strconv.FormatInt(m.Target, 10), "data-number": strconv.Itoa(m.Number),
	}
}

// timeAttributes bound the time at which a forgotten session ended, and tie the field to the
// texts about it.
func timeAttributes(m *Forgotten) templ.Attributes {
	about := templ.Attributes{"aria-describedby": "at-zone"}
	if m.Time.Problem != "" {
		about = templ.Attributes{"aria-invalid": "true", "aria-describedby": "at-problem at-zone"}
	}
	if m.Min != "" && m.Max != "" {
		about["min"], about["max"] = m.Min, m.Max
	}
	return about
}

// lineAttributes mark the line of a press.
func lineAttributes(l LogLine) templ.Attributes {
	if l.Anchor == "" {
		return nil
	}
	return templ.Attributes{"id": l.Anchor}
}

// live marks the part of a page that follows the user's log.
func live(f Frame) templ.Attributes {
	if f.Live == "" {
		return nil
	}
	return templ.Attributes{"data-live": f.Live}
}
