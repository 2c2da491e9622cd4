package tracker

// SetMaxEntries makes sessions full sooner than in the program. Call it before anything is
// recorded.
func (t *Tracker) SetMaxEntries(n int) { t.bounds.entries = n }
