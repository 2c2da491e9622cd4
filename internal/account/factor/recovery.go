package factor

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
)

const (
	recoveryCodes     = 10 // made at a time
	recoveryCodeSize  = 15 // bytes: beyond guessing, so a fast hash is enough (ASVS 5.0, 6.5.2)
	recoveryCodeChars = recoveryCodeSize * 8 / 5
	recoveryGroup     = 4 // characters between two dashes

	// maxTypedRecovery bounds how much of an input is read; people add spaces and dashes.
	maxTypedRecovery = 4 * recoveryCodeChars

	// recoveryAlphabet lacks i, l, o and u: the first three look like digits, and leaving
	// out u avoids some words (Crockford's base 32).
	recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

	// recoveryHashLabel keeps these hashes apart from all others.
	recoveryHashLabel = "raterhub-tracker recovery code v1"
)

// NewRecoveryCodes makes ten codes, each of which replaces the second factor once. The
// user sees shown, once; hashes, in the same order, are stored.
func NewRecoveryCodes(userID int64) (shown, hashes []string) {
	encoding := base32.NewEncoding(recoveryAlphabet).WithPadding(base32.NoPadding)
	for range recoveryCodes {
		code := encoding.EncodeToString(randomBytes(recoveryCodeSize))
		shown = append(shown, recoveryShown(code))
		hashes = append(hashes, hashRecovery(userID, code))
	}
	return shown, hashes
}

// recoveryShown formats a code for people: "7kq2-0wfh-m3xd-9trz-1c5n-ya8e".
func recoveryShown(code string) string {
	var groups []string
	for ; code != ""; code = code[recoveryGroup:] {
		groups = append(groups, code[:recoveryGroup])
	}
	return strings.Join(groups, "-")
}

// RecoveryHash returns the hash of a code that a user typed, as it is stored, or false if
// the text cannot be a code.
func RecoveryHash(userID int64, typed string) (hash string, ok bool) {
	code, ok := normaliseRecovery(typed)
	if !ok {
		return "", false
	}
	return hashRecovery(userID, code), true
}

// normaliseRecovery returns a typed code as it was made. Case, spaces and dashes do not
// matter, and a letter that looks like a digit is read as that digit.
func normaliseRecovery(typed string) (code string, ok bool) {
	if len(typed) > maxTypedRecovery {
		return "", false
	}
	chars := make([]byte, 0, maxTypedRecovery)
	for _, c := range []byte(typed) {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch c {
		case ' ', '-':
			continue
		case 'o':
			c = '0'
		case 'i', 'l':
			c = '1'
		}
		if strings.IndexByte(recoveryAlphabet, c) < 0 {
			return "", false
		}
		chars = append(chars, c)
	}
	return string(chars), len(chars) == recoveryCodeChars
}

// hashRecovery returns the SHA-256 of a code in hexadecimal. Slow hashes are for
// passwords that people invent: nobody can try 2^120 codes, however fast the hash is.
// The user is part of the hash, so that no table of hashes serves for two users.
func hashRecovery(userID int64, code string) string {
	sum := sha256.Sum256([]byte(recoveryHashLabel + ":" + strconv.FormatInt(userID, 10) + ":" + code))
	return hex.EncodeToString(sum[:])
}
