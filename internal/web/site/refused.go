package site

// Refused returns why a page was refused that takes its values from the query; ok is false
// for a failure that the visitor cannot put right by asking again.
func Refused(asked Submission, err error) (_ Refusal, ok bool) {
	if !isRefusal(err) {
		return Refusal{}, false
	}
	return refusalOf(asked, err), true
}
