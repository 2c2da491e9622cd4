package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// maxCause is how many bytes of a cause go to the log.
const maxCause = 300

// unusable is ErrProvider with its cause as text, so that nobody finds in it what
// a library kept of the answer. If the caller gave up, it is the context's error:
// that is not the provider's fault.
func unusable(ctx context.Context, step string, cause error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", step, context.Cause(ctx))
	}
	var call *url.Error
	if errors.As(cause, &call) { // without the URL, which a redirect may have filled with anything
		cause = call.Err
	}
	text := cause.Error()
	return fmt.Errorf("%w: %s: %s", account.ErrProvider, step, strings.ToValidUTF8(text[:min(len(text), maxCause)], ""))
}
