package faults

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// recording is what a process did to some files, and when it answered.
type recording struct {
	begin   [][]byte       // the files, when the recording began
	numbers map[string]int // file descriptors: index of the file
	steps   []step
}

// step is one write, truncation or sync of a file, or one answer.
type step struct {
	kind string // "write", "truncate", "sync" or "answer"
	file int
	at   int64 // offset, or the new size
	data []byte
}

// newRecording begins with the files as they are. The trace must have begun before: what it has
// of the time before is then written twice, which changes nothing, because a WAL grows at its end.
func newRecording(t *testing.T, pid int, files []string) *recording {
	t.Helper()
	r := &recording{numbers: openFiles(t, pid, files)}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r.begin = append(r.begin, content)
	}
	return r
}

// read takes the steps from a trace of strace, in which texts are hexadecimal.
func (r *recording) read(t *testing.T, trace []byte) {
	t.Helper()
	call := regexp.MustCompile(`^(\d+) +(\w+)\((\d+)(?:, "((?:\\x[0-9a-f]{2})*)")?(?:, (\d+))?(?:, (\d+))?`)
	resumed := regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>.*= (-?\d+)`)
	begun := make(map[string]step) // by thread
	for line := range bytes.Lines(trace) {
		text := string(line)
		if m := resumed.FindStringSubmatch(text); m != nil {
			if s, ok := begun[m[1]]; ok && !strings.HasPrefix(m[2], "-") {
				r.steps = append(r.steps, s)
			}
			delete(begun, m[1])
			continue
		}
		m := call.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		s, ok := r.stepOf(t, m)
		switch {
		case !ok:
		case s.kind == "answer" || !strings.Contains(text, "<unfinished"): // an answer counts as soon as it begins
			r.steps = append(r.steps, s)
		default:
			begun[m[1]] = s
		}
	}
}

// stepOf returns the step of a call: thread, name, file descriptor, text and two numbers.
func (r *recording) stepOf(t *testing.T, m []string) (s step, ok bool) {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(m[4], `\x`, ""))
	if err != nil {
		t.Fatal(err)
	}
	number := func(text string) int64 {
		n, _ := strconv.ParseInt(text, 10, 64) // "" is no number, and not used
		return n
	}
	file, isOurs := r.numbers[m[3]]
	switch m[2] {
	case "write":
		return step{kind: "answer"}, bytes.HasPrefix(data, []byte("HTTP/1.1 200"))
	case "pwrite64":
		if isOurs && int64(len(data)) != number(m[5]) {
			t.Fatalf("the trace has %d bytes of %s", len(data), m[5])
		}
		return step{"write", file, number(m[6]), data}, isOurs
	case "ftruncate":
		return step{kind: "truncate", file: file, at: number(m[5])}, isOurs
	}
	return step{kind: "sync", file: file}, isOurs
}

// leftover is what a power cut leaves.
type leftover struct {
	files   [][]byte
	answers int // given before the cut
	torn    int // pieces that were written and are lost
}

// sector is what a disk writes whole or not at all.
const sector = 512

// cut cuts the power before a random step. Of what was not synced, a random part is lost.
func (r *recording) cut(random *rand.Rand) (left leftover) {
	pending := make([][]step, len(r.begin))
	for _, content := range r.begin {
		left.files = append(left.files, bytes.Clone(content))
	}
	for _, s := range r.steps[:random.IntN(len(r.steps)+1)] {
		switch s.kind {
		case "answer":
			left.answers++
		case "sync":
			for _, p := range pending[s.file] {
				left.files[s.file] = p.apply(left.files[s.file])
			}
			pending[s.file] = nil
		default:
			pending[s.file] = append(pending[s.file], s)
		}
	}
	chance := random.Float64() // how much of it is on the disk nevertheless
	for file, steps := range pending {
		for _, s := range steps {
			for _, piece := range s.pieces() {
				if random.Float64() >= chance {
					left.torn++
					continue
				}
				left.files[file] = piece.apply(left.files[file])
			}
		}
	}
	return left
}

// pieces returns the parts of a step that a disk does separately.
func (s step) pieces() (pieces []step) {
	if s.kind != "write" {
		return []step{s}
	}
	for at, rest := s.at, s.data; len(rest) > 0; {
		n := min(int64(len(rest)), sector-at%sector)
		pieces = append(pieces, step{"write", s.file, at, rest[:n]})
		at, rest = at+n, rest[n:]
	}
	return pieces
}

// apply returns a file after a write or a truncation.
func (s step) apply(content []byte) []byte {
	end := s.at + int64(len(s.data))
	if s.kind == "truncate" {
		content = content[:min(end, int64(len(content)))]
	}
	if grow := end - int64(len(content)); grow > 0 {
		content = append(content, make([]byte, grow)...)
	}
	copy(content[s.at:], s.data)
	return content
}
