package pages

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/webauthn"

	"github.com/raterhub-tracker/raterhub-tracker/e2e/program"
)

// authenticators are the kinds of device that hold passkeys, except those that do not
// verify the user: Chromium would first ask to set a PIN for them, which the test cannot
// do.
var authenticators = map[string]webauthn.VirtualAuthenticatorOptions{
	"security key": {
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportUsb,
	},
	"security key with a fingerprint reader that keeps no passkeys": {
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportUsb,
		HasUserVerification: true, IsUserVerified: true,
	},
	"security key with a PIN": {
		Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
		Transport: webauthn.AuthenticatorTransportUsb, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
	},
	"old security key": {
		Protocol: webauthn.AuthenticatorProtocolU2f, Transport: webauthn.AuthenticatorTransportUsb,
	},
	"computer with a fingerprint reader": {
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
	},
	"phone that carries passkeys over": {
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportHybrid,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
		DefaultBackupEligibility: true, DefaultBackupState: true,
	},
}

// A passkey of each kind can be added once and then logs in repeatedly.
func TestPasskeyInABrowser(t *testing.T) {
	t.Parallel()
	origin := startAtPort(t)
	for name, authenticator := range authenticators {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := openVisitor(t, origin)
			v.page.AddAuthenticator(authenticator)
			v.run(t, http.StatusOK, nil, "register", v.email, program.Password)
			v.addPasskey(t)
			v.refuseSecondPasskey(t)
			for range 2 { // the second time its counter must have advanced
				v.run(t, http.StatusOK, nil, "logout")
				v.run(t, http.StatusUnauthorized, nil, "me")
				v.logInWithPasskey(t)
				v.run(t, http.StatusOK, nil, "me")
			}
			v.page.Expect("request failed: GET " + origin + "/me: 401")
			v.page.Expect("request failed: POST " + origin + "/auth/login: 401") // it asks for more
		})
	}
}

// addPasskey adds a passkey and returns its id.
func (v *visitor) addPasskey(t *testing.T) string {
	t.Helper()
	var added struct {
		Passkey struct{ ID, Name string }
		Codes   []string `json:"recovery_codes"`
	}
	v.run(t, http.StatusOK, &added, "addPasskey", program.Password, "My key")
	if added.Passkey.Name != "My key" || len(added.Codes) == 0 {
		t.Fatalf("added: %+v, want My key and recovery codes", added)
	}
	return added.Passkey.ID
}

// refuseSecondPasskey checks that a device with a passkey does not make a second one,
// because the server tells the browser which passkeys exist.
func (v *visitor) refuseSecondPasskey(t *testing.T) {
	t.Helper()
	var refused struct{ Error string }
	v.run(t, 0, &refused, "addPasskey", program.Password, "The same key")
	if refused.Error != "InvalidStateError" {
		t.Errorf("a second passkey of the same device: %s, want InvalidStateError", refused.Error)
	}
}

func (v *visitor) logInWithPasskey(t *testing.T) {
	t.Helper()
	var begun struct {
		SecondFactor struct{ Challenge string } `json:"second_factor"`
	}
	v.run(t, http.StatusUnauthorized, &begun, "login", v.email, program.Password)
	v.run(t, http.StatusOK, nil, "loginWithPasskey", begun.SecondFactor.Challenge)
}
