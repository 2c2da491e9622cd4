package token

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/google/uuid"
)

// RefreshTokens makes and reads the refresh tokens of devices.
//
// Each refresh gives a new token, a child of the one that was presented, which it
// names by its hash. A device's row keeps one thing: the hash of the token that was
// presented last. Both together say what a presented token is:
//
//	presented now is            | so                             | and then
//	----------------------------+--------------------------------+---------------------------
//	the token presented last    | its answer was lost: a retry   | it gets another child
//	a child of the token        | the answer arrived: the chain  | it becomes the token
//	presented last              | goes on here                   | presented last, and gets
//	                            |                                | its first child
//	signed here, anything else  | used up: two hold the tokens   | the device is ended, and
//	                            | of this device, one is a thief | the security log says so
//	not signed here             | just a text                    | nothing happens
//
// It follows that:
//   - An honest device, which presents the token of an answer that it got and never
//     goes back, is never locked out, however many answers are lost, late, or given
//     to requests that overtook each other: until a child is presented all children
//     are good, and after that the others are never presented.
//   - When the same token is presented twice at once, both requests get a child, and
//     the chain goes on from the child that is presented first.
//   - A thief's token stays good as long as the owner's does. The first of the two who
//     presents a token that the other has moved on from ends both.
//   - A made-up token ends nobody's device, and costs no query.
//
// A token that was used up stays used up: only a child can become the token presented
// last.
//
// The base64url of a token is 160 characters:
//
//	user (8 bytes, big-endian) | device (16) | hash of the parent (32) | nonce (32) | HMAC-SHA256 (32)
type RefreshTokens struct{ keys [][]byte }

const (
	refreshNonceSize   = 32
	refreshPayloadSize = 8 + 16 + sha256.Size + refreshNonceSize
	refreshSize        = refreshPayloadSize + sha256.Size
)

// Refresh is a refresh token that was signed here.
type Refresh struct {
	UserID       int64
	DeviceID     string
	Hash, Parent Hash
}

// Hash is the SHA-256 of a refresh token; its text is what stores keep.
type Hash [sha256.Size]byte

func (h Hash) String() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// NewRoot returns the parent of a device's first token: the hash of no token.
func NewRoot() Hash { return Hash(appendRandom(nil, sha256.Size)) }

// NewRefreshTokens returns the RefreshTokens that these keys sign.
func NewRefreshTokens(keys *Keys) *RefreshTokens { return &RefreshTokens{keys.refresh} }

// Issue makes a child of the token with this hash. deviceID is a UUID.
func (r *RefreshTokens) Issue(userID int64, deviceID string, parent Hash) string {
	device := uuid.MustParse(deviceID) // made here, or read by Read
	token := binary.BigEndian.AppendUint64(make([]byte, 0, refreshSize), uint64(userID))
	token = append(token, device[:]...)
	token = append(token, parent[:]...)
	token = appendRandom(token, refreshNonceSize)
	return encoding.EncodeToString(append(token, stampMAC(r.keys[0], token, "")...))
}

// Read takes a token apart, or returns false for a text that was not signed here. It
// does not know whether the token is still good.
func (r *RefreshTokens) Read(text string) (Refresh, bool) {
	if len(text) != encoding.EncodedLen(refreshSize) {
		return Refresh{}, false
	}
	raw, err := encoding.DecodeString(text)
	if err != nil || len(raw) != refreshSize || !signedByAny(r.keys, raw[:refreshPayloadSize], raw[refreshPayloadSize:], "") {
		return Refresh{}, false
	}
	device, parent := raw[8:], raw[8+16:]
	return Refresh{
		UserID: int64(binary.BigEndian.Uint64(raw)), DeviceID: uuid.UUID(device[:16]).String(),
		Hash: sha256.Sum256(raw), Parent: Hash(parent[:sha256.Size]),
	}, true
}
