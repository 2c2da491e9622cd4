package view

import "github.com/a-h/templ"

// invalid ties a field to what is wrong with it.
func invalid(name string, f Field) templ.Attributes {
	if f.Problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": name + "-problem"}
}
