package account

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

const (
	totpQRSize = 400 // pixels, wide and high
	// qrQuiet is the white border that readers need around a code, in its modules
	// (ISO/IEC 18004).
	qrQuiet = 4
)

// totpQR is a QR code of an otpauth URL, as a PNG of 400 by 400 pixels.
func totpQR(url string) ([]byte, error) {
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
