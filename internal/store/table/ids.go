package table

import (
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
)

// ID is the id of a session, an event or a question. Models and PostgreSQL have it as a text.
// SQLite has a canonical UUID as its 16 bytes, because ids are in three keys and fill most of
// their pages, and any other text as it is. So each text has one stored form, and each form one
// text. Bytes have the order of their UUIDs, and texts come before them.
type ID string

// Stored returns the form on SQLite: 16 bytes, or the text.
func (i ID) Stored() any {
	parsed, err := uuid.Parse(string(i))
	if err != nil || len(i) != 36 || parsed.String() != string(i) {
		return string(i)
	}
	return parsed[:]
}

// Scan implements sql.Scanner, for either form.
func (i *ID) Scan(from any) error {
	switch v := from.(type) {
	case string:
		*i = ID(v)
		return nil
	case []byte:
		if len(v) == 16 {
			*i = ID(uuid.UUID(v).String())
			return nil
		}
		return fmt.Errorf("an id is the bytes %s", hex.EncodeToString(v))
	}
	return fmt.Errorf("an id is a %T", from)
}

// StoredIDs replaces ids among the arguments of a statement by their form on SQLite.
func StoredIDs(arguments []any) []any {
	for n, argument := range arguments {
		if i, ok := argument.(ID); ok {
			arguments[n] = i.Stored()
		}
	}
	return arguments
}
