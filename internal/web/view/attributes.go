package view

import "github.com/a-h/templ"

// invalid ties a field to what is wrong with it.
func invalid(name string, f Field) templ.Attributes {
	if f.Problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": name + "-problem"}
}

// live marks what follows the user's log.
func live(f Frame) templ.Attributes {
	if f.Live == "" {
		return nil
	}
	return templ.Attributes{"data-live": f.Live}
}
