package account

import "context"

// Breaches knows passwords that were in data leaks.
type Breaches interface {
	Contains(ctx context.Context, password string) (bool, error)
}
