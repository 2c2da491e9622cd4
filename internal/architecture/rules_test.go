package architecture

// room is the rule for one folder: what its packages may import of this module.
// Tests are free to import what they test with.
//
// A pattern names a package by its folder in the module; one that ends in "/..."
// also names those below it. The first room whose pattern fits a package counts.
// The packages of a room may import each other.
type room struct {
	pattern string
	may     []string
	pure    bool // may import nothing of other modules, and of the standard library only pureStd
	reason  string
}

var rooms = []room{
	{
		pattern: "internal/timeline",
		pure:    true,
		reason:  "the fold of a log must always give the same, on every machine",
	},
	{
		pattern: "internal/report",
		may:     []string{"internal/timeline"},
		pure:    true,
		reason:  "what people read is computed from sessions and nothing else",
	},
	{
		pattern: "internal/fault",
		pure:    true,
		reason:  "every room names failures with it, so it imports nothing",
	},
	{
		pattern: "internal/export/...",
		may:     []string{"internal/timeline", "internal/report"},
		reason:  "writers turn report models into bytes; they fetch nothing",
	},
	{
		pattern: "internal/coalesce",
		reason:  "it groups items and does not know what they are",
	},
	{
		pattern: "internal/meter",
		reason:  "it counts rows, and knows neither who reads nor what",
	},
	{
		pattern: "internal/limit",
		may:     []string{"internal/fault"},
		reason:  "it counts events and does not know what they are",
	},
	{
		pattern: "internal/tracker",
		may:     []string{"internal/timeline", "internal/report", "internal/export/...", "internal/fault", "internal/limit", "internal/coalesce"},
		reason:  "a use case declares the store it needs, and knows neither the store, nor HTTP, nor the other use cases",
	},
	{
		pattern: "internal/live",
		may:     []string{"internal/fault"},
		reason:  "it passes on that a user's log changed, and knows neither what changed nor who asks",
	},
	{
		pattern: "internal/account/password",
		may:     []string{"internal/fault"},
		reason:  "it turns texts into hashes and verdicts, and knows neither users nor tokens",
	},
	{
		pattern: "internal/account/token",
		may:     []string{"internal/timeline", "internal/fault"},
		reason:  "it signs and seals what it is given, and knows neither users nor passwords",
	},
	{
		pattern: "internal/account/factor",
		reason:  "it makes and checks codes, and knows neither users nor what was used before",
	},
	{
		pattern: "internal/account/passkey",
		may:     []string{"internal/timeline", "internal/fault"},
		reason:  "it makes and checks passkeys, and knows neither what is stored nor who may have one",
	},
	{
		pattern: "internal/account/emailkey",
		may:     []string{"internal/fault"},
		reason:  "which spellings are one address follows from the texts alone; it knows users by their numbers",
	},
	{
		pattern: "internal/account/invitation",
		may:     []string{"internal/timeline", "internal/fault"},
		reason:  "it says who may register, and knows no users",
	},
	{
		pattern: "internal/account/ceremony",
		may:     []string{"internal/timeline", "internal/fault"},
		reason:  "it keeps steps that wait, and knows neither users nor what the steps are",
	},
	{
		pattern: "internal/account",
		may: []string{
			"internal/timeline", "internal/report", "internal/export/...", "internal/fault", "internal/limit", "internal/coalesce",
			"internal/account/password", "internal/account/token", "internal/account/factor", "internal/account/ceremony", "internal/account/passkey",
			"internal/account/emailkey", "internal/account/invitation",
		},
		reason: "a use case declares the store it needs, and knows neither the store, nor HTTP, nor the other use cases",
	},
	{
		pattern: "internal/store/pgtest",
		reason:  "it starts a database server for tests and does not know what is kept in it",
	},
	{
		pattern: "internal/store/...",
		may: []string{
			"internal/timeline", "internal/fault", "internal/limit", "internal/coalesce", "internal/meter",
			"internal/tracker", "internal/live", "internal/account", "internal/account/emailkey",
		},
		reason: "it implements what the use cases declare; no rule of the domain lives in SQL",
	},
	{
		pattern: "internal/httpx",
		may:     []string{"internal/report", "internal/account", "internal/fault", "internal/limit", "internal/meter"},
		reason:  "it is what both faces share, so it knows neither them nor what they show",
	},
	{
		pattern: "internal/httpapi/...",
		may: []string{
			"internal/timeline", "internal/report", "internal/fault", "internal/httpx", "internal/limit",
			"internal/tracker", "internal/account", "internal/account/token",
		},
		reason: "a face reaches data through the use cases only, and does not lean on the other face",
	},
	{
		pattern: "internal/web/chart",
		may:     []string{"internal/timeline", "internal/report"},
		pure:    true,
		reason:  "a drawing follows from the model alone, so that a golden file can hold it",
	},
	{
		pattern: "internal/web/view",
		reason:  "a page is drawn from plain texts; what they say is decided where the reports are known",
	},
	{
		pattern: "internal/web/words",
		may:     []string{"internal/timeline", "internal/report", "internal/web/view"},
		reason:  "how a value is written follows from the value alone",
	},
	{
		pattern: "internal/web/static",
		may:     []string{"internal/httpx", "internal/web/view"},
		reason:  "it serves files and knows no page",
	},
	{
		pattern: "internal/web/...",
		may: []string{
			"internal/timeline", "internal/report", "internal/export/...", "internal/fault", "internal/httpx", "internal/limit",
			"internal/tracker", "internal/live", "internal/account", "internal/account/token", "widget",
		},
		reason: "a face reaches data through the use cases only, and does not lean on the other face",
	},
	{
		pattern: "widget",
		reason:  "it serves files with an address in them, and knows nothing of who asks",
	},
	{
		pattern: "internal/oidc/oidctest",
		reason:  "it plays the other side for tests and does not know who calls it",
	},
	{
		pattern: "internal/oidc",
		may:     []string{"internal/account", "internal/fault"},
		reason:  "a client of another service implements what a use case declares, and knows nothing else",
	},
	{
		pattern: "internal/pwned",
		reason:  "it is a client of another service and knows nothing of what asks it",
	},
	{
		pattern: "internal/config",
		may:     []string{"internal/timeline", "internal/httpx", "internal/limit"},
		reason:  "it turns text into the values that other rooms take, and knows no use case and no store",
	},
	{
		pattern: "internal/architecture",
		reason:  "it is a test",
	},
	{
		pattern: "internal/server",
		may: []string{
			"internal/timeline", "internal/fault", "internal/limit", "internal/tracker", "internal/live", "internal/account", "internal/account/password", "internal/account/token", "internal/account/emailkey",
			"internal/store", "internal/httpx", "internal/httpapi", "internal/web", "internal/web/site", "internal/config",
			"internal/pwned", "internal/oidc",
		},
		reason: "it puts the rooms together, and knows nothing of a room's inside",
	},
	{
		pattern: "cmd/...",
		may: []string{
			"internal/timeline", "internal/tracker", "internal/account", "internal/store", "internal/config", "internal/server",
		},
		reason: "it is the command line: it asks the use cases, and wires nothing",
	},
	{
		pattern: "bench/...",
		may:     []string{"internal/store/pgtest"},
		reason:  "it measures the program from outside, as its users meet it",
	},
	{
		pattern: "e2e/browser",
		reason:  "it opens any page and finds what is wrong with it, so it knows nothing of the program",
	},
	{
		pattern: "e2e/ratingsite",
		reason:  "it is a stand-in for the rating site, and knows nothing of the program",
	},
	{
		pattern: "e2e/faults/proxy",
		reason:  "it breaks the way to a PostgreSQL server, and knows nothing of the program",
	},
	{
		pattern: "e2e/...",
		may:     []string{"e2e/browser", "e2e/ratingsite", "internal/store/pgtest", "internal/oidc/oidctest"},
		reason:  "it tests the program from outside, as its users meet it",
	},
	{
		pattern: "tools/...",
		reason:  "it writes a file of the source and is no part of the program",
	},
}

// pureStd is what a pure room may import of the standard library: no I/O, no randomness, no
// concurrency. clockRooms forbids the functions of package time that read the clock.
var pureStd = []string{
	"cmp", "errors", "fmt", "iter", "maps", "math", "math/bits", "slices", "sort",
	"strconv", "strings", "time", "unicode", "unicode/utf8",
}

// kept is the rule for packages of other modules and of the standard library
// that only some rooms may import.
type kept struct {
	imports []string // patterns of import paths
	rooms   []string // patterns of this module's packages
	reason  string
}

var keeps = []kept{
	{
		imports: []string{"github.com/a-h/templ/..."},
		rooms:   []string{"internal/web/..."},
		reason:  "pages are drawn in one room",
	},
	{
		imports: []string{"net/http/...", "github.com/danielgtaylor/huma/v2/..."},
		rooms: []string{
			"internal/httpx", "internal/httpapi/...", "internal/web/...", "internal/pwned", "internal/oidc/...",
			"internal/server", "cmd/...", "bench/...", "e2e/...", "internal/store/pgtest",
		},
		reason: "only the faces speak HTTP; a client of another service gets a room of its own behind an interface",
	},
	{
		imports: []string{"github.com/coreos/go-oidc/v3/...", "golang.org/x/oauth2/...", "github.com/go-jose/go-jose/v4/..."},
		rooms:   []string{"internal/oidc/..."},
		reason:  "the checks that verify an ID token are in one place",
	},
	{
		imports: []string{
			"database/sql", "modernc.org/sqlite/...", "github.com/jackc/pgx/v5/...", "github.com/pressly/goose/v3/...",
		},
		rooms:  []string{"internal/store/...", "bench/...", "e2e/..."},
		reason: "store has the only SQL of the program",
	},
	{
		imports: []string{"database/sql/driver"},
		rooms:   []string{"internal/store/...", "internal/httpx", "bench/...", "e2e/..."},
		reason:  "store has the only SQL of the program; httpx knows the error of a broken connection",
	},
}

// clockRooms may read the clock; all others get now as a function, so that their tests set
// the time. oidctest may too, because its clock must start with that of the program it logs
// people in to.
var clockRooms = []string{"cmd/...", "internal/httpx", "internal/oidc/oidctest", "bench/...", "e2e/..."}

// clockReaders are the functions of package time that read the clock.
var clockReaders = []string{"Now", "Since", "Until"}
