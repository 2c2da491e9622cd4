package account

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/google/uuid"
)

// refreshTokens makes and reads the refresh tokens of devices.
//
// Each refresh gives a new token, a child of the one that was presented, which it
// names by its hash. A device's row keeps one thing: the hash of the token that was
// presented last. What a token is follows from both:
//
//	presented now is              | so                              | and then
//	------------------------------+---------------------------------+--------------------------
//	the one presented last        | its answer was lost: a retry    | gets another child of it
//	a child of the one presented  | the answer arrived: the chain   | is the one presented last,
//	last                          | goes on here                    | and gets its first child
//	signed by us, anything else   | used up: two hold the tokens of | the device is ended, and
//	                              | this device, one of them a thief| the security log says so
//	not signed by us              | a text                          | nothing happens
//
// It follows that:
//   - An honest device, which presents the token of an answer that it got and does not
//     go back, is never locked out, however many answers are lost, late, or given to
//     requests that overtook each other: until a child is presented all of them are
//     good, and then the others are never seen.
//   - Of two requests at once with the same token both get a child, and one chain goes
//     on: the one whose child is presented first.
//   - A thief's token stays good as long as the owner's does, and the first of the two
//     to present one that the other has passed ends both.
//   - Whoever made up a token ends nobody's device, and costs no query.
//
// A token that was used up stays so: what was presented last moves to children only.
//
// The base64url of a token is 160 characters:
//
//	user (8 bytes, big-endian) | device (16) | hash of the parent (32) | nonce (32) | HMAC-SHA256 (32)
type refreshTokens struct{ stamps stamps }

const (
	refreshNonceSize   = 32
	refreshPayloadSize = 8 + 16 + sha256.Size + refreshNonceSize
	refreshSize        = refreshPayloadSize + sha256.Size
)

// refreshToken is a token that was signed here.
type refreshToken struct {
	userID       int64
	deviceID     string
	hash, parent tokenHash
}

// tokenHash is the SHA-256 of a refresh token; its text is what stores keep.
type tokenHash [sha256.Size]byte

func (h tokenHash) String() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

func newRefreshTokens(keys *Keys) *refreshTokens { return &refreshTokens{stamps{keys: keys.refresh}} }

// issue makes a child of the token with this hash.
func (r *refreshTokens) issue(userID int64, deviceID string, parent tokenHash) string {
	device := uuid.MustParse(deviceID) // made here, or read by read
	token := binary.BigEndian.AppendUint64(make([]byte, 0, refreshSize), uint64(userID))
	token = append(token, device[:]...)
	token = append(token, parent[:]...)
	token = append(token, randomBytes(refreshNonceSize)...)
	return stampEncoding.EncodeToString(append(token, stampMAC(r.stamps.keys[0], token, "")...))
}

// read takes a token apart. It does not know whether the token is still good.
func (r *refreshTokens) read(text string) (refreshToken, bool) {
	if len(text) != stampEncoding.EncodedLen(refreshSize) {
		return refreshToken{}, false
	}
	raw, err := stampEncoding.DecodeString(text)
	if err != nil || len(raw) != refreshSize || !r.stamps.signed(raw[:refreshPayloadSize], raw[refreshPayloadSize:], "") {
		return refreshToken{}, false
	}
	device, parent := raw[8:], raw[8+16:]
	return refreshToken{
		userID: int64(binary.BigEndian.Uint64(raw)), deviceID: uuid.UUID(device[:16]).String(),
		hash: sha256.Sum256(raw), parent: tokenHash(parent[:sha256.Size]),
	}, true
}
