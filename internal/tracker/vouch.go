package tracker

import "slices"

// vouches reports whether an answer says that something is recorded which this group only found.
// What a database shows may be lost with it, as long as it waits for the disk or for a standby: a
// commit whose answer was lost is seen that early. So such a group writes too, because the commit
// of a later write is on disk only when everything before it is.
func (g *group) vouches() bool {
	return slices.ContainsFunc(g.requests, func(r *request) bool {
		return r.change != nil && r.refused == nil ||
			slices.ContainsFunc(r.outcomes, func(o Outcome) bool { return o.Err == nil })
	})
}
