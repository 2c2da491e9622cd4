package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
)

type factorsOutput struct {
	Body struct {
		TOTP          bool          `json:"totp" doc:"An authenticator app is set up."`
		Passkeys      []passkeyBody `json:"passkeys" nullable:"false"`
		RecoveryCodes int           `json:"recovery_codes_left"`
		Identities    []string      `json:"identity_issuers" nullable:"false" doc:"Identity providers that log this user in."`
	} `doc:"The second factors."`
}

type passkeyBody struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at" doc:"Null until it logs in."`
}

func passkeyBodyOf(p account.Passkey) passkeyBody {
	return passkeyBody{ID: p.ID, Name: p.Name, CreatedAt: timeOf(p.CreatedAt), LastUsedAt: timeOrNull(p.LastUsedAt)}
}

// confirmInput asks for the password once more: a stolen access token alone must not
// change what logs a person in.
type confirmInput struct {
	Body struct {
		Password string `json:"password" maxLength:"1024"`
	} `doc:"The password, once more."`
}

type totpOutput struct {
	Body struct {
		Secret string `json:"secret" doc:"To type into an authenticator app."`
		URL    string `json:"otpauth_url" doc:"The same as a link."`
		QR     []byte `json:"qr_png" doc:"The link as a QR code: PNG in base64."`
	} `doc:"What the authenticator app needs."`
}

type codeInput struct {
	Body struct {
		Code string `json:"code" maxLength:"64" doc:"Six digits of the authenticator app."`
	} `doc:"A code that shows that the app is set up."`
}

type recoveryOutput struct {
	Body RecoveryBody `doc:"The recovery codes."`
}

// RecoveryBody is a list of recovery codes.
type RecoveryBody struct {
	Codes []string `json:"recovery_codes" nullable:"false" doc:"Each works once instead of a second factor. They are not shown again. Empty if the account's older codes are still valid."`
}

type newPasskeyInput struct {
	Body newPasskeyBody `doc:"The browser's new passkey."`
}

type newPasskeyBody struct {
	Challenge  string          `json:"challenge" maxLength:"64" doc:"From /me/passkeys/start."`
	Name       string          `json:"name" maxLength:"100" doc:"To tell passkeys apart."`
	Credential json.RawMessage `json:"credential" doc:"What navigator.credentials.create returned, as JSON."`
}

type newPasskeyOutput struct {
	Body struct {
		RecoveryBody
		Passkey passkeyBody `json:"passkey"`
	} `doc:"The passkey, and recovery codes with the first second factor."`
}

type removePasskeyInput struct {
	PasskeyID string `path:"passkey_id" doc:"ID of a passkey, from GET /me/second-factors." example:"AAAA"`
	confirmInput
}

func (a *api) registerFactors() {
	sensitive := func(path, id, summary, description string) huma.Operation {
		op := mayFail(operation("POST "+path, id, tagAccounts, summary, description),
			http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests)
		op.Middlewares = huma.Middlewares{a.limitByToken(a.Limits.Confirmations)} // most hash a password
		return op
	}
	register(a, operation("GET /me/second-factors", "second-factors", tagAccounts, "The second factors of a login",
		"Lists the account's second factors."), a.factors)
	register(a, sensitive("/me/totp", "start-totp", "Begin to set up an authenticator app",
		"Answers with a new secret. It takes effect when /me/totp/confirm has accepted a code made with it."), a.startTOTP)
	register(a, sensitive("/me/totp/confirm", "confirm-totp", "Turn the authenticator app on",
		"From then on a login needs a code of it, or another second factor."), a.confirmTOTP)
	register(a, sensitive("/me/totp/remove", "remove-totp", "Turn the authenticator app off",
		"Its codes no longer log anybody in."), a.removeTOTP)
	register(a, sensitive("/me/recovery-codes", "recovery-codes", "Get new recovery codes",
		"The old codes stop working. Answers 404 if the account has no second factor."), a.recoveryCodes)
	register(a, sensitive("/me/passkeys/start", "start-passkey", "Begin to add a passkey",
		"Answers with the options for navigator.credentials.create."), a.startPasskey)
	register(a, sensitive("/me/passkeys", "add-passkey", "Add a passkey",
		"Adds the passkey from the browser's answer. From then on a login needs this passkey, or another second factor."), a.addPasskey)
	register(a, sensitive("/me/passkeys/{passkey_id}/remove", "remove-passkey", "Remove a passkey",
		"It logs in no longer."), a.removePasskey)
}

func (a *api) factors(ctx context.Context, _ *struct{}) (*factorsOutput, error) {
	factors, err := a.Accounts.Factors(ctx, currentUser(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &factorsOutput{}
	out.Body.TOTP, out.Body.RecoveryCodes = factors.TOTP != nil, factors.RecoveryCodes
	out.Body.Passkeys = make([]passkeyBody, len(factors.Passkeys))
	for i, p := range factors.Passkeys {
		out.Body.Passkeys[i] = passkeyBodyOf(p)
	}
	identities, err := a.Accounts.Identities(ctx, currentUser(ctx).ID)
	out.Body.Identities = make([]string, len(identities))
	for i, id := range identities {
		out.Body.Identities[i] = id.Issuer
	}
	return out, err
}

func (a *api) startTOTP(ctx context.Context, in *confirmInput) (*totpOutput, error) {
	setup, err := a.Accounts.StartTOTP(ctx, currentUser(ctx).ID, in.Body.Password, byUser(ctx))
	if err != nil {
		return nil, err
	}
	out := &totpOutput{}
	out.Body.Secret, out.Body.URL, out.Body.QR = setup.Secret, setup.URL, setup.QR
	return out, nil
}

func (a *api) confirmTOTP(ctx context.Context, in *codeInput) (*recoveryOutput, error) {
	codes, err := a.Accounts.ConfirmTOTP(ctx, currentUser(ctx).ID, in.Body.Code, byUser(ctx))
	if err != nil {
		return nil, err
	}
	return recoveryOf(codes), nil
}

// recoveryOf answers with a list, also when there are no codes.
func recoveryOf(codes []string) *recoveryOutput {
	return &recoveryOutput{Body: RecoveryBody{Codes: append([]string{}, codes...)}}
}

func (a *api) removeTOTP(ctx context.Context, in *confirmInput) (*statusOutput, error) {
	if err := a.Accounts.RemoveTOTP(ctx, currentUser(ctx).ID, in.Body.Password, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("the authenticator app is off"), nil
}

func (a *api) recoveryCodes(ctx context.Context, in *confirmInput) (*recoveryOutput, error) {
	codes, err := a.Accounts.NewRecoveryCodes(ctx, currentUser(ctx).ID, in.Body.Password, byUser(ctx))
	if err != nil {
		return nil, err
	}
	return recoveryOf(codes), nil
}

func (a *api) startPasskey(ctx context.Context, in *confirmInput) (*passkeySetupOutput, error) {
	setup, err := a.Accounts.StartPasskey(ctx, currentUser(ctx).ID, in.Body.Password, byUser(ctx))
	if err != nil {
		return nil, err
	}
	return passkeySetupOf(setup), nil
}

func (a *api) addPasskey(ctx context.Context, in *newPasskeyInput) (*newPasskeyOutput, error) {
	passkey, codes, err := a.Accounts.AddPasskey(ctx, currentUser(ctx).ID, in.Body.Challenge, in.Body.Name, in.Body.Credential, byUser(ctx))
	if err != nil {
		return nil, err
	}
	out := &newPasskeyOutput{}
	out.Body.Passkey, out.Body.RecoveryBody = passkeyBodyOf(passkey), recoveryOf(codes).Body
	return out, nil
}

func (a *api) removePasskey(ctx context.Context, in *removePasskeyInput) (*statusOutput, error) {
	if err := a.Accounts.RemovePasskey(ctx, currentUser(ctx).ID, in.PasskeyID, in.Body.Password, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("passkey removed"), nil
}
