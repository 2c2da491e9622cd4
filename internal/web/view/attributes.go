package view

import "github.com/a-h/templ"

// invalid ties a field to what is wrong with it.
func invalid(name string, f Field) templ.Attributes {
	if f.Problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": name + "-problem"}
}

// adjustAttributes ties the field of a question's active time to the texts about it.
func adjustAttributes(q Question) templ.Attributes {
	about := q.Anchor + "-why " + q.Anchor + "-how"
	if q.Adjust.Problem == "" {
		return templ.Attributes{"aria-describedby": about}
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": q.Anchor + "-problem " + about}
}

// live marks the part of a page that follows the user's log.
func live(f Frame) templ.Attributes {
	if f.Live == "" {
		return nil
	}
	return templ.Attributes{"data-live": f.Live}
}
