// Package pwned asks Have I Been Pwned whether a password was in a data leak. It sends
// five hex digits of the password's SHA-1, which hundreds of leaked passwords have in
// common. The answer lists all of these, padded so that not even its size reveals which
// digits were sent:
// https://haveibeenpwned.com/API/v3#PwnedPasswords
package pwned

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha1" //nolint:gosec // the service looks passwords up by it; nothing depends on its strength
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// DefaultURL is the address of the service.
const DefaultURL = "https://api.pwnedpasswords.com"

const (
	timeout     = 2 * time.Second // of a look-up from its start to the answer's last byte
	maxAnswer   = 1 << 20         // bytes; a padded answer has less than a tenth
	maxLine     = 256             // bytes
	sentDigits  = 5
	otherDigits = 2*sha1.Size - sentDigits
)

// Options are the settings of a Client.
type Options struct {
	URL       string            // "" means DefaultURL
	Transport http.RoundTripper // nil means http.DefaultTransport
}

// Client looks passwords up. It is safe for concurrent use.
type Client struct {
	url  string
	http *http.Client
}

// New returns a Client. It connects to nothing yet and needs no closing.
func New(o Options) *Client {
	if o.URL == "" {
		o.URL = DefaultURL
	}
	return &Client{
		url: strings.TrimSuffix(o.URL, "/"),
		http: &http.Client{
			Transport:     o.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Contains reports whether password was in a leak. An error means that this could not
// be found out within two seconds; it contains no part of the password's hash.
func (c *Client) Contains(ctx context.Context, password string) (bool, error) {
	sum := sha1.Sum([]byte(password)) //nolint:gosec // see the import
	digits := strings.ToUpper(hex.EncodeToString(sum[:]))
	found, err := c.lookUp(ctx, digits[:sentDigits], digits[sentDigits:])
	if err != nil {
		return false, fmt.Errorf("look up a password in leaks: %w", withoutURL(err))
	}
	return found, nil
}

// lookUp asks for the hashes that start with the digits sent, and looks for the hash
// that continues with the other digits.
func (c *Client) lookUp(ctx context.Context, sent, others string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/range/"+sent, nil)
	if err != nil {
		return false, err
	}
	request.Header.Set("Add-Padding", "true")
	request.Header.Set("User-Agent", "raterhub-tracker")
	response, err := c.http.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK { // redirects are not followed: the digits go to one place only
		return false, fmt.Errorf("status %d", response.StatusCode)
	}
	found, err := find(http.MaxBytesReader(nil, response.Body, maxAnswer), others)
	if err != nil {
		return false, fmt.Errorf("read the answer: %w", err)
	}
	return found, nil
}

// find reports whether an answer lists digits with a count above zero; a count of zero
// is padding. It reads the whole answer: if any part is garbled or missing, a miss would
// mean nothing, so it returns an error.
func find(answer io.Reader, digits string) (found bool, _ error) {
	lines := bufio.NewScanner(answer)
	lines.Buffer(nil, maxLine)
	n := 0
	for ; lines.Scan(); n++ {
		listed, count, err := parse(lines.Text())
		if err != nil {
			return false, cmp.Or(lines.Err(), fmt.Errorf("line %d %w", n+1, err)) // the last line may be cut
		}
		found = found || count > 0 && strings.EqualFold(listed, digits)
	}
	if err := lines.Err(); err != nil {
		return false, err
	}
	if n == 0 { // leaked passwords exist for any five digits
		return false, errors.New("it is empty")
	}
	return found, nil
}

// parse reads a line such as "0018A45C4D1DEF81644B54AB7F969B88D65:21".
func parse(line string) (digits string, count uint64, _ error) {
	digits, number, _ := strings.Cut(line, ":")
	if _, err := hex.DecodeString("0" + digits); err != nil || len(digits) != otherDigits {
		return "", 0, errors.New("does not start with the rest of a hash")
	}
	count, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return "", 0, errors.New("does not end with a count")
	}
	return digits, count, nil
}

// withoutURL returns the cause alone, because net/http puts the URL, and so the digits,
// into its errors.
func withoutURL(err error) error {
	if named, ok := errors.AsType[*url.Error](err); ok {
		return named.Err
	}
	return err
}
