package factor

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// longestEmail is the longest address that a user may have, in bytes.
const longestEmail = 254

func TestTOTPQR(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, email string }{
		{"short", "a@b.de"},
		{"common", "ann.example@example.com"},
		{"longest", strings.Repeat("a", longestEmail-len("@example.com")) + "@example.com"},
		{"longest beyond ASCII", strings.Repeat("ä", (longestEmail-len("@example.com"))/2) + "@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, err := TOTPURL(rfcSecret, c.email)
			if err != nil {
				t.Fatal(err)
			}
			data, err := QR(url)
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if got := picture.Bounds(); got != image.Rect(0, 0, 400, 400) {
				t.Fatalf("bounds are %v", got)
			}
			checkModules(t, picture, url)
		})
	}
}

// checkModules compares every pixel of a picture with the QR code of text: each
// module is a square, and the border is white and at least four modules wide.
func checkModules(t *testing.T, picture image.Image, text string) {
	t.Helper()
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	modules := code.Bounds().Dx()
	scale := 400 / (modules + 8)
	if scale < 2 {
		t.Fatalf("a module is %d pixels wide", scale)
	}
	border := (400 - modules*scale) / 2
	inside := image.Rect(0, 0, modules, modules)
	for y := range 400 {
		for x := range 400 {
			want := color.Gray16Model.Convert(color.White)
			// Shifted up before the division, which rounds towards zero.
			module := image.Pt((x-border+400*scale)/scale-400, (y-border+400*scale)/scale-400)
			if module.In(inside) {
				want = color.Gray16Model.Convert(code.At(module.X, module.Y))
			}
			if got := color.Gray16Model.Convert(picture.At(x, y)); got != want {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, got, want)
			}
		}
	}
}

func TestTOTPQRRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	if _, err := QR(strings.Repeat("a", 4000)); err == nil {
		t.Error("4000 bytes are more than a QR code holds")
	}
}
