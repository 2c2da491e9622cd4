package view

import (
	"bytes"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// pages returns every page, drawn from a model that fill has filled.
func pages(fill func(model any)) map[string]templ.Component {
	frame := &Frame{}
	fill(frame)
	charts := templ.NopComponent
	on := func(content templ.Component) templ.Component { return Page(*frame, content) }
	return map[string]templ.Component{
		"landing":        on(Landing("")),
		"by invitation":  on(Landing("invite")),
		"closed":         on(Landing("closed")),
		"login":          on(LoginPage(*frame, filled[Login](fill))),
		"second factor":  on(SecondFactorPage(*frame, filled[SecondFactor](fill))),
		"logout":         on(LogoutPage(*frame)),
		"register":       on(RegisterPage(*frame, invited(filled[Register](fill)))),
		"not invited":    on(RegisterPage(*frame, notInvited(filled[Register](fill)))),
		"has an account": on(RegisterPage(*frame, filled[Register](fill))),
		"failure":        on(FailurePage(filled[Failure](fill))),
		"day":            on(DayPage(*frame, filled[Day](fill), charts)),
		"session":        on(SessionView(*frame, filled[SessionPage](fill), charts)),
		"press change":   on(PressChangePage(*frame, filled[PressChange](fill))),
		"work":           on(WorkPage(*frame, filled[WorkForm](fill))),
		"period":         on(PeriodPage(filled[Period](fill), charts)),
		"widget":         on(WidgetPage(filled[Widget](fill))),
		"reports":        on(ReportsPage(filled[Reports](fill), charts)),
		"profile":        on(ProfilePage(*frame, filled[Profile](fill))),

		"security":       on(SecurityPage(filled[Security](fill))),
		"security step":  on(SecurityStepPage(*frame, filled[SecurityStep](fill))),
		"app setup":      on(AppSetupPage(*frame, filled[AppSetup](fill))),
		"recovery codes": on(RecoveryCodesPage(filled[RecoveryCodes](fill))),
		"new passkey":    on(NewPasskeyPage(filled[NewPasskey](fill))),
		"departure":      on(DeparturePage(filled[Departure](fill))),
		"devices":        on(DevicesPage(*frame, filled[Devices](fill))),
		"pairing":        on(PairPage(*frame, filled[Pair](fill))),
		"pairing, asked": on(PairPage(*frame, asked(filled[Pair](fill)))),
		"users":          on(UsersPage(filled[Users](fill))),
		"new user":       on(NewUserPage(*frame, filled[NewUser](fill))),
		"created user":   on(CreatedUserPage(filled[CreatedUser](fill))),
		"user":           on(UserAdminPage(*frame, filled[UserPage](fill))),
		"admin log":      on(AdminLogPage(filled[AdminLog](fill))),
		"deletion":       on(DeletionPage(*frame, filled[Deletion](fill))),
	}
}

// invited returns the page of somebody who may register.
func invited(m Register) Register {
	m.LoggedIn, m.Shut = "", ""
	return m
}

// notInvited returns the page of somebody who may not.
func notInvited(m Register) Register {
	m.LoggedIn = ""
	return m
}

// asked returns the pairing page before there is a code.
func asked(m Pair) Pair {
	m.Asked, m.Code = true, ""
	return m
}

func filled[T any](fill func(any)) T {
	var model T
	fill(&model)
	return model
}

// full puts text into every string of a model except an Asset, n into every number, yes
// into every bool, and two entries into every list.
func full(text string, n int64, yes bool) func(any) {
	var set func(v reflect.Value)
	set = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if v.Type() == reflect.TypeFor[Asset]() {
				v.SetString("/static/file")
				return
			}
			v.SetString(text)
		case reflect.Int, reflect.Int64:
			v.SetInt(n)
		case reflect.Bool:
			v.SetBool(yes)
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			set(v.Elem())
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			for i := range v.Len() {
				set(v.Index(i))
				tellApart(v.Index(i), i)
			}
		case reflect.Struct:
			for _, field := range v.Fields() {
				set(field)
			}
		default:
			panic("a model has a " + v.Kind().String() + ": teach full about it")
		}
	}
	return func(model any) { set(reflect.ValueOf(model).Elem()) }
}

// tellApart gives the entries of a list different ids, as they have in reality.
func tellApart(v reflect.Value, i int) {
	if v.Kind() != reflect.Struct {
		return
	}
	for _, name := range []string{"ID", "Anchor"} {
		if id := v.FieldByName(name); id.IsValid() && id.Kind() == reflect.String {
			id.SetString(id.String() + "-" + strconv.Itoa(i))
		}
	}
}

func empty(any) {}

var voids = []string{"meta", "link", "input", "br", "hr", "img"}

// elements returns the start tags of a page. It fails the test unless all tags are closed
// in order.
func elements(t *testing.T, page []byte) []html.Token {
	t.Helper()
	var open []string
	var found []html.Token
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if z.Err() != io.EOF || len(open) > 0 {
				t.Errorf("ends with %v, open %q", z.Err(), open)
			}
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			found = append(found, token)
			if kind == html.StartTagToken && !slices.Contains(voids, token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			name := z.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("</%s> where %q are open", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func drawn(t *testing.T, page templ.Component) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := page.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Every page is complete, whatever its model contains, and has nothing inline, because
// the Content Security Policy would block it.
func TestPagesAreWhole(t *testing.T) {
	for name, fill := range map[string]func(any){
		"empty": empty, "full": full("text", 7, true), "full, the other way": full("text", 1, false),
	} {
		for page, component := range pages(fill) {
			t.Run(page+"/"+name, func(t *testing.T) {
				ids := map[string]bool{}
				for _, e := range elements(t, drawn(t, component)) {
					if e.Data == "style" || e.Data == "script" && !slices.ContainsFunc(e.Attr, func(a html.Attribute) bool { return a.Key == "src" }) {
						t.Errorf("has a <%s> of its own", e.Data)
					}
					for _, a := range e.Attr {
						if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
							t.Errorf("<%s> has %s", e.Data, a.Key)
						}
						if a.Key == "id" && ids[a.Val] {
							t.Errorf("two elements have the id %s", a.Val)
						}
						if a.Key == "id" {
							ids[a.Val] = true
						}
					}
				}
			})
		}
	}
}

// What people type appears as text on every page, and as nothing else.
func TestHostileModels(t *testing.T) {
	count := func(t *testing.T, c templ.Component) int { return len(elements(t, drawn(t, c))) }
	for _, hostile := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onfocus=alert(1) x='`, `</textarea></title></p><b>`,
		`javascript:alert(1)`, `data:text/html,<script>alert(1)</script>`, `--><!-- `, `{{7*7}}`, "\x00<b>", "\xff<b>",
	} {
		harmless := pages(full("text", 7, true))
		for page, component := range pages(full(hostile, 7, true)) {
			t.Run(page+"/"+hostile, func(t *testing.T) {
				out := drawn(t, component)
				if got, want := count(t, component), count(t, harmless[page]); got != want {
					t.Errorf("%d elements, and %d without the hostile text", got, want)
				}
				for _, e := range elements(t, out) {
					for _, a := range e.Attr {
						if strings.HasPrefix(a.Key, "on") {
							t.Errorf("<%s> has %s", e.Data, a.Key)
						}
						address := a.Key == "href" || a.Key == "action" || a.Key == "src"
						if address && (strings.HasPrefix(a.Val, "javascript:") || strings.HasPrefix(a.Val, "data:")) {
							t.Errorf("<%s> leads to %s", e.Data, a.Val)
						}
					}
				}
			})
		}
	}
}

// A form that changes something carries the CSRF token.
func TestFormsCarryTheToken(t *testing.T) {
	forms := 0
	for page, component := range pages(full("text", 7, true)) {
		root, err := html.Parse(bytes.NewReader(drawn(t, component)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Data != "form" || attribute(n, "method") != "post" {
				continue
			}
			forms++
			has := false
			for field := range n.Descendants() {
				has = has || attribute(field, "name") == "csrf_token" && attribute(field, "value") == "text"
			}
			if !has {
				t.Errorf("%s: the form to %s has no token", page, attribute(n, "action"))
			}
		}
	}
	if forms < 10 {
		t.Errorf("only %d forms were found", forms)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
