package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

// maxCause is how many bytes of a cause go to the log, at most.
const maxCause = 300

// unusable returns ErrProvider with its cause as text, so that nothing that a library
// keeps of the answer can be found in it. If the caller gave up, it returns the
// context's error, because that is not the provider's fault.
func unusable(ctx context.Context, step string, cause error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", step, context.Cause(ctx))
	}
	if call, ok := errors.AsType[*url.Error](cause); ok { // without the URL, which a redirect may have filled with anything
		cause = call.Err
	}
	text := cause.Error()
	return fmt.Errorf("%w: %s: %s", account.ErrProvider, step, strings.ToValidUTF8(text[:min(len(text), maxCause)], ""))
}
