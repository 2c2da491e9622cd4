package view

// Widget is the page that says how to install the widget.
type Widget struct {
	Server   string // the address to which it sends
	LoggedIn bool
}
