// Package factor makes and checks the codes of second factors: those of authenticator
// apps (TOTP), with the QR code that an app reads, and recovery codes. It knows no user
// and no store: the caller keeps which codes were used.
package factor
