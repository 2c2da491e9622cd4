package factor

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

const (
	totpQRSize = 400 // pixels, wide and high
	// qrQuiet is the width of the white border that readers need around a code, in
	// modules (ISO/IEC 18004).
	qrQuiet = 4
)

// QR draws a QR code of an otpauth URL as a PNG of 400 by 400 pixels.
func QR(url string) ([]byte, error) {
	code, err := qr.Encode(url, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("make QR code: %w", err)
	}
	modules := code.Bounds().Dx()
	side := modules * (totpQRSize / (modules + 2*qrQuiet))
	scaled, err := barcode.Scale(code, side, side)
	if err != nil {
		return nil, fmt.Errorf("make QR code: %w", err)
	}
	picture := image.NewPaletted(image.Rect(0, 0, totpQRSize, totpQRSize), color.Palette{color.White, color.Black})
	border := (totpQRSize - side) / 2
	draw.Draw(picture, picture.Bounds().Inset(border), scaled, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("make QR code: %w", err)
	}
	return out.Bytes(), nil
}

// Drawing is a QR code as an SVG path, in units of one module.
type Drawing struct {
	Side int    // of the square, with the border that readers need
	Path string // of the dark modules
}

// DrawQR draws a QR code of an otpauth URL as an SVG path.
func DrawQR(url string) (Drawing, error) {
	code, err := qr.Encode(url, qr.M, qr.Auto)
	if err != nil {
		return Drawing{}, fmt.Errorf("draw QR code: %w", err)
	}
	modules := code.Bounds().Dx()
	var path strings.Builder
	for y := range modules {
		for x := 0; x < modules; {
			from := x
			for x < modules && code.At(x, y) == color.Black {
				x++
			}
			if x > from { // adjacent dark modules are one rectangle
				fmt.Fprintf(&path, "M%d %dh%dv1H%dz", from+qrQuiet, y+qrQuiet, x-from, from+qrQuiet)
			}
			x++
		}
	}
	return Drawing{Side: modules + 2*qrQuiet, Path: path.String()}, nil
}
