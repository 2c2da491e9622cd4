package api

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// tolerance is the error of rounding to 3 decimals, and a little for the binary form of the
// numbers.
const tolerance = 0.0005 + 1e-9

// differences lists what differs, one line for each value: where, got, want.
func differences(want, got any) []string {
	var found differenceList
	cmp.Equal(want, got, cmpopts.EquateApprox(0, tolerance), cmpopts.EquateEmpty(), cmp.Reporter(&found))
	return found.lines
}

// differenceList is a cmp.Reporter: cmp walks through two values and reports each step to it.
type differenceList struct {
	path  cmp.Path
	lines []string
}

func (d *differenceList) PushStep(step cmp.PathStep) { d.path = append(d.path, step) }

func (d *differenceList) PopStep() { d.path = d.path[:len(d.path)-1] }

func (d *differenceList) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	want, got := d.path.Last().Values()
	d.lines = append(d.lines, fmt.Sprintf("%s: got %s, want %s", place(d.path), show(got), show(want)))
}

// place names where in the answer a path leads, such as "Answers[3].Active".
func place(path cmp.Path) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case cmp.StructField:
			b.WriteString("." + step.Name())
		case cmp.SliceIndex:
			want, got := step.SplitKeys()
			fmt.Fprintf(&b, "[%d]", max(want, got))
		case cmp.MapIndex:
			fmt.Fprintf(&b, "[%v]", step.Key())
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}

func show(v reflect.Value) string {
	switch {
	case !v.IsValid():
		return "nothing"
	case v.Kind() == reflect.Pointer && v.IsNil():
		return "null"
	}
	return fmt.Sprint(reflect.Indirect(v))
}
